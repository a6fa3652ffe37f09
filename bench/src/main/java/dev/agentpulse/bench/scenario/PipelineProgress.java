package dev.agentpulse.bench.scenario;

import dev.agentpulse.bench.Database;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** How far the pipeline is, by what it has written. */
final class PipelineProgress {

    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final String IS_RUNNING =
            "SELECT count(*) > 0 FROM agentpulse.pipeline_status WHERE written_at > now() - interval '2 seconds'";

    private PipelineProgress() {}

    /** @throws IllegalArgumentException if it does not run */
    static void requireRunning(Database database) throws SQLException {
        if (!"t".equals(text(database, IS_RUNNING))) {
            throw new IllegalArgumentException("No pipeline has written in the last two seconds: start one first, for"
                    + " instance with ./agentpulse demo --traffic none.");
        }
    }

    /** @throws IllegalArgumentException if it runs */
    static void requireStopped(Database database) {
        if (runs(database)) {
            throw new IllegalArgumentException(
                    "This scenario begins with the start of the pipeline, but it runs already: stop it first.");
        }
    }

    /**
     * Waits for the first results of a pipeline that is being started.
     *
     * @param failed whether they will never come
     * @throws IllegalArgumentException if they do not
     */
    static void awaitFirstResults(PipelineStart.Login login, BooleanSupplier failed) throws IOException {
        long startNanos = System.nanoTime();
        while (!runs(login.database())) {
            if (failed.getAsBoolean()) {
                throw new IllegalArgumentException("The pipeline did not start: see above");
            }
            if (System.nanoTime() - startNanos > PATIENCE_NANOS) {
                throw new IllegalArgumentException("No pipeline has started within ten minutes.");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Waits until all that is committed by now is in the results. */
    static void awaitCaughtUp(Database database) throws SQLException {
        String now = text(database, "SELECT clock_timestamp()::text");
        if (!becomes(() ->
                isTrue(database, "SELECT min(as_of) > '" + now + "'::timestamptz FROM agentpulse.pipeline_status"))) {
            throw new IllegalArgumentException("The pipeline has not caught up within ten minutes.");
        }
    }

    private static boolean runs(Database database) {
        return isTrue(database, IS_RUNNING);
    }

    private static boolean becomes(BooleanSupplier condition) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNanos > PATIENCE_NANOS) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }

    /** A database that is not there yet says no. */
    private static boolean isTrue(Database database, String sql) {
        try {
            return "t".equals(text(database, sql));
        } catch (SQLException e) {
            return false;
        }
    }

    private static @Nullable String text(Database database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
