package dev.agentpulse.local.stack.flink;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The retained checkpoints below a work folder: {@code checkpoints/<job id>/chk-<n>/_metadata}. */
public final class CheckpointFolder {

    static final String NAME = "checkpoints";

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);
    private static final String METADATA = "_metadata";
    private static final int METADATA_DEPTH = 3;

    private CheckpointFolder() {}

    /**
     * The newest checkpoint whose metadata can be read. One that a killed process was just writing is passed over.
     *
     * @return its folder, or nothing when the work folder holds none
     */
    public static Optional<Path> newestComplete(Path workFolder) throws IOException {
        Path checkpoints = workFolder.resolve(NAME);
        if (!Files.isDirectory(checkpoints)) {
            return Optional.empty();
        }
        for (Path metadata : newestFirst(checkpoints)) {
            if (isComplete(metadata)) {
                return Optional.ofNullable(metadata.getParent());
            }
        }
        return Optional.empty();
    }

    private static List<Path> newestFirst(Path checkpoints) throws IOException {
        try (Stream<Path> files = Files.find(
                checkpoints,
                METADATA_DEPTH,
                (file, attributes) ->
                        attributes.isRegularFile() && METADATA.equals(String.valueOf(file.getFileName())))) {
            return files.sorted(Comparator.comparing(CheckpointFolder::written).reversed())
                    .toList();
        }
    }

    private static FileTime written(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            // Gone meanwhile: as old as can be.
            return FileTime.fromMillis(0);
        }
    }

    private static boolean isComplete(Path metadata) {
        try (InputStream file = Files.newInputStream(metadata);
                DataInputStream data = new DataInputStream(file)) {
            return Checkpoints.loadCheckpointMetadata(
                                    data, CheckpointFolder.class.getClassLoader(), metadata.toString())
                            .getCheckpointId()
                    >= 0;
        } catch (IOException | RuntimeException e) {
            LOG.warn("Passing over the checkpoint {}, which cannot be read", metadata, e);
            return false;
        }
    }
}
