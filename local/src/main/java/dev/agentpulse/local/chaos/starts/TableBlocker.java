package dev.agentpulse.local.chaos.starts;

import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Locks one table for a moment, again and again, as a migration of the users' does. A snapshot that comes to the table
 * waits there: it is half read, for long enough to strike.
 */
final class TableBlocker implements AutoCloseable {

    private static final List<String> TABLES = List.of("agent_queries", "agent_approvals", "agent_feedback");
    /** A slot is made only when transactions like this one are over, so the first lock comes when it is there. */
    private static final String SLOT_IS_THERE =
            "SELECT count(*) > 0 FROM pg_replication_slots WHERE database = current_database()"
                    + " AND confirmed_flush_lsn IS NOT NULL";

    /** The state of an error: lock_not_available. */
    private static final String IS_IN_USE = "55P03";

    private static final int LONGEST_HOLD_MILLIS = 700;
    private static final int LONGEST_PAUSE_MILLIS = 250;

    private final Connection connection;
    private final Random random;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CompletableFuture<Void> end;

    private TableBlocker(Connection connection, long seed) {
        this.connection = connection;
        this.random = new Random(seed);
        this.end = CompletableFuture.runAsync(this::run, task -> new Thread(task, "table-blocker").start());
    }

    /** Returns when it is connected: a session has no name while it begins, and a strike would take it for the job's. */
    static TableBlocker start(DatabaseAddress database, long seed) throws SQLException {
        return new TableBlocker(database.connectToPublic(StartTrial.APPLICATION_NAME), seed);
    }

    private void run() {
        try (connection) {
            while (!Sql.rows(connection, SLOT_IS_THERE).contains("t") && !isStoppedWithin(1)) {
                // Look again.
            }
            while (!isStoppedWithin(0)) {
                block();
                isStoppedWithin(random.nextInt(LONGEST_PAUSE_MILLIS));
            }
        } catch (SQLException e) {
            throw new CompletionException("tables are not locked any more", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void block() throws SQLException, InterruptedException {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        // Writers that wait for each other through this lock are set free by its end.
        Sql.run(connection, "BEGIN", "SET LOCAL lock_timeout = '200ms'");
        try {
            Sql.run(connection, "LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
            isStoppedWithin(random.nextInt(LONGEST_HOLD_MILLIS));
        } catch (SQLException e) {
            if (!IS_IN_USE.equals(e.getSQLState())) {
                throw e;
            }
        }
        Sql.run(connection, "ROLLBACK");
    }

    private boolean isStoppedWithin(int millis) throws InterruptedException {
        return stopped.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Returns when no table is locked any more; throws what ended it before. */
    @Override
    public void close() {
        stopped.countDown();
        end.join();
    }
}
