package dev.agentpulse.local.stack.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {

    @TempDir
    private Path workFolder;

    @Test
    void findsNothingBeforeTheFirstCheckpoint() throws IOException {
        assertThat(CheckpointFolder.newestComplete(workFolder)).isEmpty();
    }

    @Test
    void takesTheNewestOfAllJobs() throws IOException {
        writeCheckpoint("job-a", 9, FileTime.fromMillis(1_000));
        Path newest = writeCheckpoint("job-b", 2, FileTime.fromMillis(3_000));
        writeCheckpoint("job-b", 1, FileTime.fromMillis(2_000));

        assertThat(CheckpointFolder.newestComplete(workFolder)).contains(newest);
    }

    @Test
    void passesOverOneThatWasNotWrittenToItsEnd() throws IOException {
        Path whole = writeCheckpoint("job", 1, FileTime.fromMillis(1_000));
        Path metadata = writeCheckpoint("job", 2, FileTime.fromMillis(2_000)).resolve("_metadata");
        byte[] bytes = Files.readAllBytes(metadata);
        Files.write(metadata, Arrays.copyOf(bytes, bytes.length / 2));
        Files.setLastModifiedTime(metadata, FileTime.fromMillis(2_000));

        assertThat(CheckpointFolder.newestComplete(workFolder)).contains(whole);
    }

    @Test
    void ignoresACheckpointThatHasOnlyData() throws IOException {
        Path begun = workFolder.resolve("checkpoints").resolve("job").resolve("chk-1");
        Files.createDirectories(begun);
        Files.writeString(begun.resolve("state"), "half");

        assertThat(CheckpointFolder.newestComplete(workFolder)).isEmpty();
    }

    private Path writeCheckpoint(String job, long id, FileTime written) throws IOException {
        Path folder = workFolder.resolve("checkpoints").resolve(job).resolve("chk-" + id);
        Files.createDirectories(folder);
        Path metadata = folder.resolve("_metadata");
        try (OutputStream file = Files.newOutputStream(metadata)) {
            Checkpoints.storeCheckpointMetadata(new CheckpointMetadata(id, List.of(), List.of()), file);
        }
        Files.setLastModifiedTime(metadata, written);
        return folder;
    }
}
