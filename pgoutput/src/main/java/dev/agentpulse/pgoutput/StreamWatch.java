package dev.agentpulse.pgoutput;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.PGReplicationStream;

/**
 * Watches a stream from a thread of its own: breaks the connection off when the server has vanished, and reports to the
 * server while nobody reads.
 */
final class StreamWatch {

    private static final int LOOKS_A_LIMIT = 10;

    private final Connection connection;
    private final PGReplicationStream stream;
    private final SlotCheck check;
    private final long statusNanos;
    private final long silenceNanos;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private volatile boolean reading;
    private volatile long readNanos = System.nanoTime();
    private volatile long heardNanos = System.nanoTime();
    private volatile @Nullable SQLException failure;
    // The reader's own.
    private long receivedLsn;
    // The watch's own.
    private long reportedNanos = System.nanoTime();

    private StreamWatch(
            Connection connection,
            PGReplicationStream stream,
            SlotCheck check,
            Duration statusInterval,
            Duration silence) {
        this.connection = connection;
        this.stream = stream;
        this.check = check;
        this.statusNanos = statusInterval.toNanos();
        this.silenceNanos = silence.toNanos();
    }

    static StreamWatch start(
            Connection connection,
            PGReplicationStream stream,
            SlotCheck check,
            Duration statusInterval,
            Duration silence) {
        StreamWatch watch = new StreamWatch(connection, stream, check, statusInterval, silence);
        Thread thread = new Thread(watch::run, "replication-stream-watch");
        thread.setDaemon(true);
        thread.start();
        return watch;
    }

    void readBegins() {
        reading = true;
    }

    void readEnds(boolean gotMessage, long lastReceiveLsn) {
        long now = System.nanoTime();
        if (gotMessage || lastReceiveLsn != receivedLsn) {
            receivedLsn = lastReceiveLsn;
            heardNanos = now;
        }
        readNanos = now;
        reading = false;
    }

    /** The error as the reader should see it: with the reason, when it was the watch that broke the connection off. */
    SQLException explain(SQLException error) {
        SQLException reason = failure;
        if (reason == null) {
            return error;
        }
        SQLException explained = new SQLException(reason.getMessage(), reason.getSQLState(), reason);
        explained.addSuppressed(error);
        return explained;
    }

    void stop() {
        stopped.countDown();
    }

    private void run() {
        long period = Math.max(1, Math.min(statusNanos, silenceNanos) / LOOKS_A_LIMIT);
        try {
            while (!stopped.await(period, TimeUnit.NANOSECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            long now = System.nanoTime();
            boolean paused = !reading && now - readNanos >= statusNanos;
            if (paused) {
                if (now - reportedNanos >= statusNanos) {
                    stream.forceUpdateStatus();
                    reportedNanos = now;
                }
                // What has come meanwhile waits in the socket: silence counts from the next read on.
                heardNanos = now;
            } else if (now - heardNanos >= silenceNanos) {
                SQLException found = check.failure();
                if (found == null) {
                    heardNanos = System.nanoTime();
                } else {
                    breakOff(found);
                }
            }
        } catch (SQLException e) {
            // The reader meets the broken connection itself.
            stop();
        } catch (Throwable e) {
            // Errors too: without a word, nobody would tell the server any more that the reader is there.
            breakOff(new SQLException("the watch of the replication stream has failed: " + e, "08006", e));
        }
    }

    private void breakOff(SQLException reason) {
        failure = reason;
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
        stop();
    }
}
