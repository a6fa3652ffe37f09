package dev.agentpulse.local.stack.demo;

import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.OwnFolder;
import dev.agentpulse.local.stack.database.EmbeddedDatabase;
import dev.agentpulse.local.stack.flink.FlinkSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one demo: Postgres' data, Flink's checkpoints and temporary files. Locked while in use; a demo that was
 * killed leaves it unlocked, and the next one clears up after it.
 */
final class WorkFolder implements AutoCloseable {

    private static final String LOCK_NAME = "demo.lock";
    private static final String POSTGRES_NAME = "postgres";

    private final Path path;
    private final boolean kept;
    private final FileChannel lockFile;

    private WorkFolder(Path path, boolean kept, FileChannel lockFile) {
        this.path = path;
        this.kept = kept;
        this.lockFile = lockFile;
    }

    /** @param kept whether what is in the folder outlives the demo */
    static WorkFolder open(Path path, boolean kept) {
        try {
            Files.createDirectories(path);
            OwnFolder.require(path, "--data-dir");
            requireOurs(path);
            // Passwords lie in it, and what the tables hold.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            FileChannel lockFile =
                    FileChannel.open(path.resolve(LOCK_NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(lockFile) == null) {
                lockFile.close();
                throw new CliFailure("Another demo is using " + path
                        + ": stop it, or give this one its own ports and another --data-dir.");
            }
            return new WorkFolder(path.toRealPath(), kept, lockFile);
        } catch (IOException e) {
            throw new CliFailure("The folder " + path + " cannot be used: " + e.getMessage(), e);
        }
    }

    Path path() {
        return path;
    }

    Path postgres() {
        return path.resolve(POSTGRES_NAME);
    }

    /** Stops what a killed demo left running in this folder, and removes what is not to be kept. */
    void clearLeftovers() throws IOException {
        EmbeddedDatabase.stopLeftOver(postgres());
        clear();
    }

    private void clear() throws IOException {
        try (Stream<Path> children = Files.list(path)) {
            for (Path child : children.toList()) {
                boolean keep = kept && !child.endsWith(FlinkSettings.TEMPORARY_NAME);
                if (!keep && !child.endsWith(LOCK_NAME)) {
                    FileUtils.deleteFileOrDirectory(child.toFile());
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        clear();
        if (!kept) {
            Files.deleteIfExists(path.resolve(LOCK_NAME));
        }
        lockFile.close();
        if (!kept) {
            Files.deleteIfExists(path);
        }
    }

    private static @Nullable FileLock lock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** A folder named by mistake is not filled with ours. */
    private static void requireOurs(Path path) throws IOException {
        try (Stream<Path> children = Files.list(path)) {
            boolean empty = children.findAny().isEmpty();
            if (!empty && !Files.exists(path.resolve(LOCK_NAME))) {
                throw new CliFailure(path + " holds something else: name an empty or a new folder with --data-dir.");
            }
        }
    }
}
