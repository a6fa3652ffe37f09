package dev.agentpulse.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessIdFileTest {

    @TempDir
    Path root;

    private ClusterFolder folder;
    private ProcessIdFile idFile;

    @BeforeEach
    void createFolder() throws IOException {
        folder = new ClusterFolder(root.resolve("cluster"));
        folder.create();
        idFile = new ProcessIdFile(folder, "some");
    }

    @Test
    void findsTheProcessThatWasWritten() throws IOException {
        idFile.write(ProcessHandle.current());

        assertThat(idFile.find()).contains(ProcessHandle.current());
    }

    @Test
    void leavesAProcessAloneThatOnlyInheritedTheNumber() throws IOException {
        idFile.write(ProcessHandle.current());
        Path file = folder.processIds().resolve("some.pid");
        List<String> lines = Files.readAllLines(file);
        Files.write(file, List.of(lines.get(0), Long.toString(Long.parseLong(lines.get(1)) - 1)));

        assertThat(idFile.find()).isEmpty();
    }

    @Test
    void findsNothingBeforeTheFirstStart() {
        assertThat(idFile.find()).isEmpty();
    }

    @Test
    void findsNoProcessThatEnded() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        idFile.write(ended.toHandle());
        ended.waitFor();

        assertThat(idFile.find()).isEmpty();
    }
}
