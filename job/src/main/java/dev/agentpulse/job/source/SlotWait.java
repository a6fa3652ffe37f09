package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.preflight.SlotBlockers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports in the log, every few seconds until closed, which transactions the making of the slot waits for. An error of the
 * thread that does so ends the making, which would go on without a word otherwise.
 */
final class SlotWait implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SlotWait.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Connection making;
    private final Look look;
    private final ScheduledExecutorService reporter = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "agentpulse-slot-wait");
        thread.setDaemon(true);
        return thread;
    });

    private volatile @Nullable Throwable failure;

    /** One look at what is waited for. */
    interface Look {
        void report() throws SQLException;
    }

    /** @param making the connection on which the slot is made */
    SlotWait(DatabaseConfig database, SourceConfig source, Connection making) {
        this(making, INTERVAL, () -> report(database, source));
    }

    SlotWait(Connection making, Duration interval, Look look) {
        this.making = making;
        this.look = look;
        // A failure is kept by the task itself.
        ScheduledFuture<?> unused = reporter.scheduleWithFixedDelay(
                this::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            look.report();
        } catch (SQLException e) {
            LOG.warn("cannot look what the making of the replication slot waits for", e);
        } catch (Throwable e) {
            failure = e;
            abort();
        }
    }

    private void abort() {
        try {
            making.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.warn("the making of the replication slot cannot be ended", e);
        }
    }

    private static void report(DatabaseConfig database, SourceConfig source) throws SQLException {
        try (Connection connection = DatabaseSessions.open(database, "agentpulse slot wait", SessionKind.SHORT)) {
            SlotBlockers.find(connection, source).forEach(blocker -> LOG.warn("{}", blocker.sentence()));
        }
    }

    /** What broke the making off; null if it was not this. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    @Override
    public void close() {
        reporter.shutdownNow();
    }
}
