package dev.agentpulse.job.config;

import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for a server that takes no connections, as while it is restarted. For one wait, of one thread. */
public final class ServerPatience {

    /** How long a server is waited for; then it is a failure like any other, which Flink shows and tries again after a pause. */
    public static final Duration LONGEST = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(ServerPatience.class);
    private static final long PAUSE_MILLIS = 200;

    /** The server is starting, stopping or recovering. */
    private static final String CANNOT_CONNECT_NOW = "57P03";

    /** When the wait began. */
    private @Nullable Long firstNanos;

    /** Pauses for a moment if the server may take connections soon. */
    public void pauseOrThrow(SQLException problem) throws SQLException {
        if (!takesNoConnections(problem)) {
            throw problem;
        }
        long now = System.nanoTime();
        if (firstNanos == null) {
            firstNanos = now;
            LOG.warn("waits for the server: {}", problem.getMessage());
        }
        if (now - firstNanos >= LONGEST.toNanos()) {
            throw problem;
        }
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw problem;
        }
    }

    private static boolean takesNoConnections(SQLException problem) {
        String state = problem.getSQLState();
        return PSQLState.CONNECTION_UNABLE_TO_CONNECT.getState().equals(state) || CANNOT_CONNECT_NOW.equals(state);
    }
}
