package dev.agentpulse.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.security.auth.module.UnixSystem;
import dev.agentpulse.local.CliFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterFolderTest {

    private static final ClusterPlan PLAN = new ClusterPlan(1, 1, 18_081, 12_181);

    @TempDir
    Path temporary;

    @Test
    void aFolderOfSomethingElseIsRefusedAndLeftAsItWas() throws IOException {
        Path jar = Files.createDirectories(temporary.resolve("lib")).resolve("theirs.jar");
        Path configuration = Files.createDirectories(temporary.resolve("conf")).resolve("config.yaml");
        Files.writeString(jar, "a jar");
        Files.writeString(configuration, "a setting");

        assertThatExceptionOfType(CliFailure.class)
                .isThrownBy(() -> Cluster.prepare(new ClusterFolder(temporary), PLAN))
                .withMessageContaining(temporary + " holds something else")
                .withMessageContaining("--dir");
        assertThat(jar).hasContent("a jar");
        assertThat(configuration).hasContent("a setting");
    }

    @Test
    void aMarkerOpensNoOtherFolder() throws IOException {
        Path theirs = Files.createDirectory(temporary.resolve("theirs"));
        Path jar = Files.writeString(theirs.resolve("theirs.jar"), "a jar");
        ClusterFolder folder = new ClusterFolder(temporary.resolve("marked"));
        folder.create();
        for (Path part : new Path[] {folder.lib(), folder.conf(), folder.processIds()}) {
            Files.delete(part);
            Files.createSymbolicLink(part, theirs);

            assertThatExceptionOfType(CliFailure.class)
                    .isThrownBy(() -> Cluster.prepare(folder, PLAN))
                    .withMessageContaining(part + " is a link");
            Files.delete(part);
        }
        assertThat(jar).hasContent("a jar");
    }

    @Test
    void aFileADanglingLinkAndAMarkerThatIsNoFileAreRefused() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), temporary.resolve("nowhere"));
        Path marked = temporary.resolve("marked");
        Files.createDirectories(marked.resolve(ClusterFolder.MARKER));

        for (Path path : new Path[] {file, link, marked}) {
            assertThatExceptionOfType(CliFailure.class)
                    .isThrownBy(() -> new ClusterFolder(path).requireOurs())
                    .withMessageContaining(path.toString())
                    .withMessageContaining("--dir");
        }
    }

    @Test
    void aFolderOfAnotherUserIsRefused() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("folder"));
        Assumptions.assumeTrue(new UnixSystem().getUid() == 0, "only root can give a folder away");
        Files.setAttribute(folder, "unix:uid", 65_534);

        assertThatExceptionOfType(CliFailure.class)
                .isThrownBy(() -> new ClusterFolder(folder).requireOurs())
                .withMessageContaining("belongs to");
    }

    @Test
    void aFolderThatIsNewEmptyOrOursIsTaken() throws IOException {
        ClusterFolder folder = new ClusterFolder(temporary.resolve("new"));
        folder.requireOurs();
        folder.create();
        folder.requireOurs();

        assertThat(folder.root().resolve(ClusterFolder.MARKER)).exists();
        new ClusterFolder(Files.createDirectory(temporary.resolve("empty"))).requireOurs();
    }

    @Test
    void aFolderOfAnEarlierVersionIsKnownByItsPlan() throws IOException {
        ClusterFolder folder = new ClusterFolder(temporary);
        Files.createDirectories(folder.processIds());
        PLAN.save(folder);

        folder.requireOurs();
    }

    @Test
    void onlyTheOwnerReadsTheFolderAndAPasswordInIt() throws IOException {
        ClusterFolder folder = new ClusterFolder(temporary.resolve("new"));
        folder.create();
        Path file = Secret.CAPTURE.write(folder, "first");
        Secret.CAPTURE.write(folder, "second");

        assertThat(Files.getPosixFilePermissions(folder.root())).hasSize(3);
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        assertThat(file).hasContent("second");
    }
}
