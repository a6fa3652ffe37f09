package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.preflight.SlotBlockers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports in the log, every few seconds until closed, which transactions the making of the slot waits for. */
final class SlotWait implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SlotWait.class);
    private static final long INTERVAL_SECONDS = 5;

    private final DatabaseConfig database;
    private final SourceConfig source;
    private final ScheduledExecutorService reporter = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "agentpulse-slot-wait");
        thread.setDaemon(true);
        return thread;
    });

    SlotWait(DatabaseConfig database, SourceConfig source) {
        this.database = database;
        this.source = source;
        // A failure is logged by the task itself.
        ScheduledFuture<?> unused =
                reporter.scheduleWithFixedDelay(this::report, INTERVAL_SECONDS, INTERVAL_SECONDS, TimeUnit.SECONDS);
    }

    private void report() {
        try (Connection connection = DatabaseSessions.open(database, "agentpulse slot wait", SessionKind.SHORT)) {
            SlotBlockers.find(connection, source).forEach(blocker -> LOG.warn("{}", blocker.sentence()));
        } catch (SQLException e) {
            LOG.warn("cannot look what the making of the replication slot waits for", e);
        }
    }

    @Override
    public void close() {
        reporter.shutdownNow();
    }
}
