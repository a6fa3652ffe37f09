package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports in the log, every few seconds until closed, which transactions the making of a slot waits for. */
final class SlotWait implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SlotWait.class);
    private static final long INTERVAL_SECONDS = 5;

    private static final String OPEN_TRANSACTIONS = """
            SELECT 'process ' || pid || ' of ' || coalesce(usename, '?') || ', open since ' || xact_start
              FROM pg_catalog.pg_stat_activity
             WHERE (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL) AND pid NOT IN (?, pg_backend_pid())
               AND datname = current_database()
            UNION ALL
            SELECT 'prepared transaction ' || quote_literal(gid) || ' of ' || prepared FROM pg_catalog.pg_prepared_xacts
            """;

    private final DatabaseConfig database;
    private final int waitingProcess;
    private final ScheduledExecutorService reporter = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "agentpulse-slot-wait");
        thread.setDaemon(true);
        return thread;
    });

    /** @param waiting the connection that makes the slot */
    SlotWait(DatabaseConfig database, Connection waiting) throws SQLException {
        this.database = database;
        this.waitingProcess = waiting.unwrap(PGConnection.class).getBackendPID();
        // A failure is logged by the task itself.
        ScheduledFuture<?> unused =
                reporter.scheduleWithFixedDelay(this::report, INTERVAL_SECONDS, INTERVAL_SECONDS, TimeUnit.SECONDS);
    }

    private void report() {
        try (Connection connection = DatabaseSessions.open(database, "agentpulse slot wait", SessionKind.SHORT);
                PreparedStatement query = connection.prepareStatement(OPEN_TRANSACTIONS)) {
            query.setInt(1, waitingProcess);
            StringBuilder transactions = new StringBuilder();
            try (ResultSet open = query.executeQuery()) {
                while (open.next()) {
                    transactions.append(transactions.length() == 0 ? "" : "; ").append(open.getString(1));
                }
            }
            LOG.warn(
                    "The replication slot can be made only when every open transaction has ended; waiting for: {}",
                    transactions.length() == 0 ? "none that this role may see" : transactions);
        } catch (SQLException e) {
            LOG.warn("cannot look what the making of the replication slot waits for", e);
        }
    }

    @Override
    public void close() {
        reporter.shutdownNow();
    }
}
