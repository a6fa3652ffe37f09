package dev.agentpulse.job.sink;

import dev.agentpulse.job.backfill.PastRows;
import dev.agentpulse.job.config.DatabaseSessions;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.Refusals;
import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.model.TransactionProgress;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
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
 * already. <b>State:</b> they, the begun tick; gone with the watermark that closes it. Where they are many, the thread puts
 * them into {@code staged_record} as they come, so neither the heap nor the state grows with a transaction; while somebody
 * puts more there than the thread can, the job is held back.
 */
final class TickWriter implements StatefulSinkWriter<TickRecord, List<BegunTick.Entry>> {

    private static final Logger LOG = LoggerFactory.getLogger(TickWriter.class);

    /** Records that may wait for the thread; beyond, the job is held back. */
    private static final int MAX_WAITING_RECORDS = 50_000;

    private static final long MICROS_PER_MILLI = 1000;
    private static final String APPLICATION_NAME = "agentpulse tick writer";

    private final Connection connection;
    private final boolean beginsAnew;
    private final SourceWatcher watcher;
    private final TickTransaction transaction;
    private final StagedRecords staged;
    private final Retention retention;
    private final HistoryPartitions partitions;
    private final HistoryBackfill backfill;
    private final AuditThread audit;
    private final BetweenTicks between = new BetweenTicks(this::wake);
    private final HistoryComparison comparison;
    private final TickMetrics metrics;
    private final long statusMicros;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Only the task's thread touches these two.

    /** What is being collected. */
    private final BegunTick begun = new BegunTick();

    /** Of the job's state; unknown until the clock has reported something. */
    private @Nullable Long lineage;

    // Guarded by the lock.
    private @Nullable Staging toStage;
    private @Nullable TransactionProgress toShow;
    private @Nullable Tick closed;
    private boolean writing;
    private boolean stopped;
    private @Nullable Throwable failure;

    /** Whether what an earlier start of the job has staged was removed; only the thread touches it. */
    private boolean removedEarlier;

    /** Of the last tick that is there; written by the thread. */
    private volatile long lastWrittenMicros;

    /** The last tick that this writer wrote; only the thread touches it. */
    private @Nullable TickProgress lastWritten;

    /** What is to be staged. */
    private record Staging(long lineage, List<BegunTick.Entry> entries) {}

    /** What the thread does next. */
    private interface Work {
        void run() throws SQLException;
    }

    /** @param restored what {@link #snapshotState} gave */
    TickWriter(JobConfig config, PastRows past, MetricGroup metrics, Collection<List<BegunTick.Entry>> restored)
            throws IOException {
        this.statusMicros = config.statusMillis() * MICROS_PER_MILLI;
        this.beginsAnew = restored.isEmpty(); // One that goes on has a begun tick in its state, be it empty.
        this.watcher = new SourceWatcher(config, beginsAnew);
        this.metrics = new TickMetrics(metrics);
        this.comparison = new HistoryComparison(config.writer());
        Connection opened = null;
        try {
            opened = DatabaseSessions.openOnceUp(config.writer(), APPLICATION_NAME, SessionKind.BY_KEY);
            this.connection = opened;
            connection.setAutoCommit(false);
            this.staged = new StagedRecords(connection, NumberedRows.channels(connection, config.source()));
            boolean stagedBefore = !beginsAnew && !staged.isEmpty();
            restored.forEach(entries -> begun.restore(entries, stagedBefore));
            LOG.info(
                    "the writer begins with {} records of a begun tick{}",
                    begun.entries().size(),
                    stagedBefore ? ", and more that are staged" : "");
            HistoryWriter history = new HistoryWriter(connection, config.history(), config.alerts());
            this.partitions = history.partitions();
            this.transaction = new TickTransaction(
                    connection, config.notifications(), staged, history, new FirstRows(config), watcher::findings);
            this.retention = new Retention(
                    connection,
                    config.retention(),
                    new HistoryRetention(connection, config.history(), comparison),
                    staged);
            this.backfill = new HistoryBackfill(
                    config, past, new BackfillSteps(connection, config.history(), history), between);
            this.audit = new AuditThread(config, connection, between);
        } catch (SQLException e) {
            giveUp(opened);
            throw new IOException("cannot prepare to write to " + config.writer() + ": " + e.getMessage(), e);
        }
        this.thread = new Thread(this::writeTicks, "agentpulse-tick-writer");
        thread.setDaemon(true);
        thread.start();
        watcher.start(this::fail);
        backfill.start(this::fail);
        audit.start(this::fail);
    }

    private static void giveUp(@Nullable Connection opened) {
        if (opened != null) {
            try {
                opened.close();
            } catch (SQLException e) {
                LOG.debug("a connection that is not used cannot be closed", e);
            }
        }
    }

    @Override
    public void write(TickRecord record, Context context) throws IOException, InterruptedException {
        TransactionProgress transaction = record.transaction();
        TickProgress progress = record.progress();
        if (transaction != null) {
            lineage = transaction.lineage();
            show(transaction);
            return;
        }
        if (progress != null) {
            lineage = progress.lineage();
        }
        begun.add(Objects.requireNonNull(context.timestamp()), record);
        if (lineage != null && begun.hasMany()) {
            stage(lineage, begun.takeForStaging());
        }
    }

    private void show(TransactionProgress transaction) throws InterruptedException {
        if (transaction.changes() == 0) {
            return;
        }
        lock.lockInterruptibly();
        try {
            toShow = transaction;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void stage(long ofLineage, List<BegunTick.Entry> events) throws IOException, InterruptedException {
        if (events.isEmpty()) {
            return;
        }
        lock.lockInterruptibly();
        try {
            awaitUntil(() -> toStage == null);
            toStage = new Staging(ofLineage, events);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
        BegunTick.Closed next = begun.close(watermark.getTimestamp());
        if (next == null) {
            return;
        }
        Tick tick = next.tick();
        stage(Objects.requireNonNull(tick.progress).lineage(), next.toStage());
        lock.lockInterruptibly();
        try {
            throwFailure();
            toShow = null;
            awaitUntil(() -> closed == null || (closed.canAppend(tick) && closed.size() <= MAX_WAITING_RECORDS));
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

    /** Waits for the thread; to be called with the lock. */
    private void awaitUntil(BooleanSupplier condition) throws IOException, InterruptedException {
        while (failure == null && !condition.getAsBoolean()) {
            changed.await();
        }
        throwFailure();
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            awaitUntil(() -> !writing && toStage == null && !isDue(closed));
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
                && (!tick.isEmpty() || tick.progress.asOfMicros() - lastWrittenMicros >= statusMicros);
    }

    private void writeTicks() {
        try {
            for (Work work = take(); work != null; work = take()) {
                runAfterOthers(work);
                done(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            // Errors too: a thread that ended without a word would leave a job that runs and writes nothing.
            done(e);
        }
    }

    private @Nullable Work take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Work work = next();
            while (!stopped && work == null) {
                changed.await();
                work = next();
            }
            if (stopped) {
                return null;
            }
            writing = true;
            changed.signalAll();
            return work;
        } finally {
            lock.unlock();
        }
    }

    /** What comes first: what is to be staged was received before the tick that is closed, or belongs to a later one. */
    private @Nullable Work next() {
        Staging staging = toStage;
        TransactionProgress shown = toShow;
        Tick tick = closed;
        TickProgress written = lastWritten;
        if (staging != null) {
            toStage = null;
            return () -> stage(staging);
        }
        if (shown != null) {
            toShow = null;
            return () -> transaction.show(shown);
        }
        if (tick != null && isDue(tick)) {
            closed = null;
            return () -> write(tick);
        }
        if (written != null && between.isAsked()) {
            return () -> between.serve(written);
        }
        return null;
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

    private void wake() {
        lock.lock();
        try {
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

    /** A lock that somebody holds on a table delays results, for however long, and stops nothing. */
    private void runAfterOthers(Work work) throws SQLException {
        while (true) {
            try {
                work.run();
                return;
            } catch (SQLException e) {
                // What was there at this start may be found or missed by the checks of the next one.
                if (Refusals.lieInData(e) || (Refusals.last(e) && metrics.noneWritten())) {
                    throw Refusals.ending(APPLICATION_NAME, e);
                }
                if (!Refusals.isLockedOut(e)) {
                    throw e;
                }
                connection.rollback();
                LOG.warn("a tick waits for a lock that somebody holds on a result table: {}", e.getMessage());
            }
        }
    }

    private void stage(Staging staging) throws SQLException {
        removeEarlier();
        staged.stage(staging.lineage(), staging.entries());
    }

    /** A job that begins anew reads everything again, and may find that some of it is no longer so. */
    private void removeEarlier() throws SQLException {
        if (beginsAnew && !removedEarlier && !staged.isEmpty()) {
            staged.removeAll();
        }
        removedEarlier = true;
    }

    private void write(Tick tick) throws SQLException {
        long begin = System.nanoTime();
        removeEarlier();
        TickProgress progress = Objects.requireNonNull(tick.progress);
        boolean isNew = transaction.write(tick);
        if (isNew) {
            lastWritten = progress;
            backfill.afterTick(progress);
            between.serve(progress);
        }
        lastWrittenMicros = progress.asOfMicros();
        metrics.done(isNew, tick.size(), progress.asOfMicros(), begin);
        partitions.makeAhead(progress.asOfMicros());
        retention.trimIfDue(System.currentTimeMillis(), progress);
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
            backfill.close();
            audit.close();
            comparison.close();
        }
    }
}
