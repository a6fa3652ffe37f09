package dev.agentpulse.local.stack.traffic;

import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.SourceTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays one script on one connection, at its pace. A lost connection is opened again and the transaction repeated; rows
 * of a commit whose answer was lost are then there twice, which traffic may be.
 */
final class TrafficWorker implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(TrafficWorker.class);
    private static final long RETRY_MILLIS = 500;
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final TrafficScript script;
    private final DatabaseAddress database;
    private final SourceTables tables;
    private final CountDownLatch stopped;
    private final AtomicLong written;
    private final RowKeys keys = new RowKeys();
    private List<TrafficChange> next;
    private volatile @Nullable String trouble;

    /**
     * @param stopped counted down to end the worker
     * @param written counts the changes that were committed
     */
    TrafficWorker(
            TrafficScript script,
            DatabaseAddress database,
            SourceTables tables,
            CountDownLatch stopped,
            AtomicLong written) {
        this.script = script;
        this.database = database;
        this.tables = tables;
        this.stopped = stopped;
        this.written = written;
        this.next = script.nextTransaction();
    }

    /** Why nothing is written at the moment, if so. */
    @Nullable
    String trouble() {
        return trouble;
    }

    @Override
    public void run() {
        try {
            while (stopped.getCount() > 0) {
                try (Connection connection = database.connect("agentpulse-traffic")) {
                    connection.setAutoCommit(false);
                    play(new TrafficStatements(connection, tables, keys));
                } catch (SQLException e) {
                    trouble = e.getMessage();
                    LOG.warn("Traffic is interrupted and tries again", e);
                    if (stopped.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes until stopped, or until the database fails. */
    private void play(TrafficStatements statements) throws SQLException, InterruptedException {
        long startNanos = System.nanoTime();
        double startSeconds = script.seconds();
        while (!stopped.await(0, TimeUnit.NANOSECONDS)) {
            statements.write(next);
            trouble = null;
            written.addAndGet(next.size());
            next = script.nextTransaction();

            double aheadSeconds =
                    script.seconds() - startSeconds - (System.nanoTime() - startNanos) / (double) NANOS_PER_SECOND;
            if (aheadSeconds > 0) {
                if (stopped.await((long) (aheadSeconds * NANOS_PER_SECOND), TimeUnit.NANOSECONDS)) {
                    return;
                }
            } else if (aheadSeconds < -1) {
                // A database that cannot keep up is not flooded later with what it missed.
                startNanos = System.nanoTime();
                startSeconds = script.seconds();
            }
        }
    }
}
