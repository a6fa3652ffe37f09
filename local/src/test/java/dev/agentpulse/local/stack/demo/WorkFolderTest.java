package dev.agentpulse.local.stack.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.LoopbackPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {

    @TempDir
    private Path temporary;

    @Test
    void leavesNothingBehindUnlessKept() throws IOException {
        Path path = temporary.resolve("demo");
        try (WorkFolder folder = WorkFolder.open(path, false)) {
            Files.createDirectories(folder.postgres());
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void keepsDataButNoTemporaryFiles() throws IOException {
        Path path = temporary.resolve("demo");
        try (WorkFolder folder = WorkFolder.open(path, true)) {
            Files.createDirectories(folder.postgres());
            Files.createDirectories(folder.path().resolve("flink-temporary").resolve("blobs"));
        }
        assertThat(path.resolve("postgres")).exists();
        assertThat(path.resolve("flink-temporary")).doesNotExist();
    }

    @Test
    void clearsWhatAKilledDemoLeft() throws IOException {
        Path path = temporary.resolve("demo");
        Files.createDirectories(path.resolve("postgres"));
        Files.createFile(path.resolve("demo.lock"));

        try (WorkFolder folder = WorkFolder.open(path, false)) {
            folder.clearLeftovers();
            assertThat(folder.postgres()).doesNotExist();
        }
    }

    @Test
    void isForOneDemoAtATime() throws IOException {
        try (WorkFolder first = WorkFolder.open(temporary.resolve("demo"), true)) {
            assertThatThrownBy(() -> WorkFolder.open(first.path(), true))
                    .isInstanceOf(CliFailure.class)
                    .hasMessageContaining("Another demo");
        }
    }

    @Test
    void refusesAFolderWithSomethingElse() throws IOException {
        Files.createFile(temporary.resolve("thesis.txt"));

        assertThatThrownBy(() -> WorkFolder.open(temporary, false))
                .isInstanceOf(CliFailure.class)
                .hasMessageContaining("holds something else");
        assertThat(temporary.resolve("thesis.txt")).exists();
    }

    @Test
    void refusesAFolderOfAnotherUser() throws IOException {
        Assumptions.assumeTrue(new UnixSystem().getUid() == 0, "only root can give a folder away");
        Files.setAttribute(temporary, "unix:uid", 65_534);

        assertThatThrownBy(() -> WorkFolder.open(temporary, false))
                .isInstanceOf(CliFailure.class)
                .hasMessageContaining("belongs to");
    }

    @Test
    void aPortInUseIsNamedWithTheWayOut() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> LoopbackPorts.requireFree(port, "Postgres", "--postgres-port"))
                    .isInstanceOf(CliFailure.class)
                    .hasMessageContaining(Integer.toString(port))
                    .hasMessageContaining("--postgres-port");
        }
    }

    @Test
    void aPortOutOfRangeIsNamedWithItsBounds() {
        assertThatThrownBy(() -> LoopbackPorts.requireFree(70_000, "Postgres", "--postgres-port"))
                .isInstanceOf(CliFailure.class)
                .hasMessageContaining("between 1 and 65535, but is 70000");
    }
}
