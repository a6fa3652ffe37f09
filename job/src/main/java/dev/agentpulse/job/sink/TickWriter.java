package dev.agentpulse.job.sink;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects what operators emit until the watermark closes the tick, and hands closed ticks to a thread that writes them.
 *
 * <p>While the thread is busy, the ticks that close meanwhile are merged into one: written soon after a change when
 * things are quiet, in larger steps when they are not, without a setting. A tick that holds nothing but the time is
 * written once in a while only.
 *
 * <p>A checkpoint waits until all closed ticks are written. It may come in the middle of a transaction, which is not
 * read again from the start (see {@code LogClockOperator}): the messages and point alerts of its first rows are here
 * already. <b>State:</b> they, the begun tick; gone with the watermark that closes it.
 */
final class TickWriter implements StatefulSinkWriter<TickRecord, List<BegunTick.Entry>> {

    private static final Logger LOG = LoggerFactory.getLogger(TickWriter.class);

    /** Records that may wait for the thread; beyond, the job is held back. */
    private static final int MAX_WAITING_RECORDS = 50_000;

    private static final long MICROS_PER_MILLI = 1000;
    private static final String APPLICATION_NAME = "agentpulse tick writer";

    /** lock_not_available and deadlock_detected: the same statement may succeed later. */
    private static final Set<String> LOCKED_OUT = Set.of("55P03", "40P01");

    private final Connection connection;
    private final SourceWatcher watcher;
    private final TickTransaction transaction;
    private final Retention retention;
    private final long statusMicros;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** What is being collected; only the task's thread touches it. */
    private final BegunTick begun = new BegunTick();

    // Guarded by the lock.
    private @Nullable Tick closed;
    private boolean writing;
    private boolean stopped;
    private @Nullable Throwable failure;

    // For metrics; written by the thread.
    private final AtomicLong ticksWritten = new AtomicLong();
    private final AtomicLong ticksReplayed = new AtomicLong();
    private volatile long lastTickMillis;
    private volatile long lastTickRows;
    private volatile long freshnessMillis;
    private volatile long lastWrittenMicros;

    /** @param restored what {@link #snapshotState} gave */
    TickWriter(JobConfig config, MetricGroup metrics, Collection<List<BegunTick.Entry>> restored) throws IOException {
        restored.forEach(begun::addAll);
        LOG.info(
                "the writer begins with {} records of a begun tick",
                begun.entries().size());
        this.statusMicros = config.statusMillis() * MICROS_PER_MILLI;
        // A job that goes on has a begun tick in its state, be it empty.
        this.watcher = new SourceWatcher(config, restored.isEmpty());
        try {
            this.connection = connect(config.writer());
            this.transaction = new TickTransaction(connection, config.notifications(), watcher::findings);
            this.retention = new Retention(connection, config.retention());
        } catch (SQLException e) {
            throw new IOException("cannot prepare to write to " + config.writer() + ": " + e.getMessage(), e);
        }
        metrics.gauge("ticksWritten", ticksWritten::get);
        metrics.gauge("ticksReplayed", ticksReplayed::get);
        metrics.gauge("lastTickMillis", () -> lastTickMillis);
        metrics.gauge("lastTickRows", () -> lastTickRows);
        metrics.gauge("freshnessMillis", () -> freshnessMillis);
        this.thread = new Thread(this::writeTicks, "agentpulse-tick-writer");
        thread.setDaemon(true);
        thread.start();
        watcher.start(this::fail);
    }

    private static Connection connect(DatabaseConfig database) throws SQLException {
        Connection connection = DatabaseSessions.open(database, APPLICATION_NAME, SessionKind.SHORT);
        connection.setAutoCommit(false);
        return connection;
    }

    @Override
    public void write(TickRecord record, Context context) {
        begun.add(Objects.requireNonNull(context.timestamp()), record);
    }

    @Override
    public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
        Tick tick = begun.close(watermark.getTimestamp());
        if (tick == null) {
            return;
        }
        lock.lockInterruptibly();
        try {
            throwFailure();
            while (closed != null && closed.size() > MAX_WAITING_RECORDS) {
                changed.await();
                throwFailure();
            }
            if (closed == null) {
                closed = tick;
            } else {
                closed.append(tick);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (failure == null && (writing || isDue(closed))) {
                changed.await();
            }
            throwFailure();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<List<BegunTick.Entry>> snapshotState(long checkpointId) {
        return List.of(begun.entries());
    }

    private void throwFailure() throws IOException {
        if (failure != null) {
            throw new IOException("cannot write ticks: " + failure, failure);
        }
    }

    /** Whether a tick is worth a transaction: it holds something, or nothing was written for a while. */
    private boolean isDue(@Nullable Tick tick) {
        return tick != null
                && tick.progress != null
                && (tick.size() > 0 || tick.progress.asOfMicros() - lastWrittenMicros >= statusMicros);
    }

    private void writeTicks() {
        try {
            for (Tick tick = take(); tick != null; tick = take()) {
                write(tick);
                done(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            // Errors too, out of memory above all: a thread that ended without a word would leave a job that runs and
            // writes nothing.
            done(e);
        }
    }

    private @Nullable Tick take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!stopped && !isDue(closed)) {
                changed.await();
            }
            if (stopped) {
                return null;
            }
            Tick tick = closed;
            closed = null;
            writing = true;
            changed.signalAll();
            return tick;
        } finally {
            lock.unlock();
        }
    }

    private void done(@Nullable Throwable problem) {
        lock.lock();
        try {
            writing = false;
            if (problem != null) {
                failure = problem;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Fails the task at the next thing it is asked for. */
    private void fail(Throwable problem) {
        lock.lock();
        try {
            failure = problem;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void write(Tick tick) throws SQLException {
        long begin = System.nanoTime();
        TickProgress progress = tick.progress;
        if (writeAfterOthers(tick)) {
            ticksWritten.incrementAndGet();
        } else {
            ticksReplayed.incrementAndGet();
        }
        long now = System.currentTimeMillis();
        if (progress != null) {
            lastWrittenMicros = progress.asOfMicros();
            freshnessMillis = now - progress.asOfMicros() / MICROS_PER_MILLI;
        }
        lastTickMillis = (System.nanoTime() - begin) / 1_000_000;
        lastTickRows = tick.size();
        retention.trimIfDue(now);
    }

    /** A lock that somebody holds on a result table delays results, for however long, and stops nothing. */
    private boolean writeAfterOthers(Tick tick) throws SQLException {
        while (true) {
            try {
                return transaction.write(tick);
            } catch (SQLException e) {
                if (!LOCKED_OUT.contains(String.valueOf(e.getSQLState()))) {
                    throw e;
                }
                LOG.warn("a tick waits for a lock that somebody holds on a result table: {}", e.getMessage());
            }
        }
    }

    @Override
    public void close() throws Exception {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            // Closing the connection also ends a statement that waits for the server.
            connection.close();
        } finally {
            thread.interrupt();
            thread.join(2000);
            watcher.close();
        }
    }
}
