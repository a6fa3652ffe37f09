package dev.agentpulse.local.chaos.starts;

import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Locks one table for a moment, again and again, as a migration of the users' does. A snapshot that comes to the table
 * waits there: it is half read, for long enough to strike.
 */
final class TableBlocker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TableBlocker.class);
    private static final List<String> TABLES = List.of("agent_queries", "agent_approvals", "agent_feedback");
    /** A slot is made only when transactions like this one are over, so the first lock comes when it is there. */
    private static final String SLOT_IS_THERE =
            "SELECT count(*) > 0 FROM pg_replication_slots WHERE database = current_database()"
                    + " AND confirmed_flush_lsn IS NOT NULL";

    private static final int LONGEST_HOLD_MILLIS = 700;
    private static final int LONGEST_PAUSE_MILLIS = 250;

    private final DatabaseAddress database;
    private final Random random;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "table-blocker");

    private TableBlocker(DatabaseAddress database, long seed) {
        this.database = database;
        this.random = new Random(seed);
    }

    static TableBlocker start(DatabaseAddress database, long seed) {
        TableBlocker blocker = new TableBlocker(database, seed);
        blocker.thread.start();
        return blocker;
    }

    private void run() {
        try (Connection connection = database.connect(StartTrial.APPLICATION_NAME)) {
            while (!Sql.rows(connection, SLOT_IS_THERE).contains("t") && !isStoppedWithin(1)) {
                // Look again.
            }
            while (!isStoppedWithin(0)) {
                block(connection);
                isStoppedWithin(random.nextInt(LONGEST_PAUSE_MILLIS));
            }
        } catch (SQLException e) {
            LOG.warn("Tables are not locked any more", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void block(Connection connection) throws SQLException, InterruptedException {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        // Writers that wait for each other through this lock are set free by its end.
        Sql.run(connection, "BEGIN", "SET LOCAL lock_timeout = '200ms'");
        try {
            Sql.run(connection, "LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
            isStoppedWithin(random.nextInt(LONGEST_HOLD_MILLIS));
        } catch (SQLException e) {
            LOG.debug("{} is in use", table, e);
        }
        Sql.run(connection, "ROLLBACK");
    }

    private boolean isStoppedWithin(int millis) throws InterruptedException {
        return stopped.await(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        stopped.countDown();
        thread.join();
    }
}
