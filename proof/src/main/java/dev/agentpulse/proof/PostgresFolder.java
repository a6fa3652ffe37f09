package dev.agentpulse.proof;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Data folders for servers of tests, all alike. The first is made by {@code initdb} and what else is to be in it; the others
 * are copies of it, for which a server starts in a tenth of the time.
 */
public final class PostgresFolder {

    /** A busy machine starts slowly; the library gives up after ten seconds. */
    private static final Duration STARTUP_LIMIT = Duration.ofMinutes(3);

    private static final Duration STOP_LIMIT = Duration.ofMinutes(3);
    private static final long POLL_NANOS = 20_000_000;

    /** Is there for as long as the server runs. */
    private static final String PROCESS_FILE = "postmaster.pid";

    private final Preparation preparation;
    private @Nullable Path original;

    /** @param preparation is run once, before the first copy is made */
    public PostgresFolder(Preparation preparation) {
        this.preparation = preparation;
    }

    /** Something that is done to a server. */
    public interface Preparation {
        void prepare(EmbeddedPostgres server) throws Exception;
    }

    /**
     * A server whose log can be decoded, and that does not remove its folder when it is closed.
     *
     * @param folder whose data lie there, or nothing yet
     */
    public static EmbeddedPostgres.Builder serverOn(Path folder) {
        return EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setPGStartupWait(STARTUP_LIMIT)
                .setServerConfig("wal_level", "logical");
    }

    /** Makes a folder for one server, which whoever asked for it {@link #remove removes}. */
    public synchronized Path copy() throws IOException {
        Path from = original();
        Path copy = newFolder();
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files.skip(1)::iterator) {
                Files.copy(file, copy.resolve(from.relativize(file)));
            }
        }
        return copy;
    }

    private Path original() throws IOException {
        if (original == null) {
            Path folder = newFolder();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> removeQuietly(folder), "remove " + folder));
            EmbeddedPostgres server = serverOn(folder).start();
            try {
                prepare(server, folder);
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException("cannot prepare a server's data", e);
            }
            original = folder;
        }
        return original;
    }

    private void prepare(EmbeddedPostgres server, Path folder) throws Exception {
        try {
            preparation.prepare(server);
        } finally {
            stop(server, folder);
        }
    }

    /**
     * Stops a server and waits for its end: the library gives up after five seconds, and says nothing.
     *
     * @param folder that its data lie in
     */
    public static void stop(EmbeddedPostgres server, Path folder) throws IOException {
        server.close();
        long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
        while (Files.exists(folder.resolve(PROCESS_FILE))) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("the server on " + folder + " has not ended in " + STOP_LIMIT.toSeconds() + " s");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Makes an empty folder for one server, which whoever asked for it {@link #remove removes}. */
    public static Path newFolder() throws IOException {
        return Files.createTempDirectory("agentpulse-postgres");
    }

    /** Removes a folder and all that is in it. */
    public static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void removeQuietly(Path folder) {
        try {
            remove(folder);
        } catch (IOException | UncheckedIOException e) {
            // The process ends: it lies in the folder for temporary files.
        }
    }
}
