package dev.agentpulse.job.source;

import dev.agentpulse.job.config.LastingOptions;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.LogRecord;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.SnapshotStart;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.model.TableCounts;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.model.TransactionProgress;
import dev.agentpulse.job.tick.TickFlush;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clock of the job: only the log moves time.
 *
 * <p>The time of a transaction is its commit time, made strictly increasing, so it is a function of the log and the
 * same after a replay. Each change is stamped with it. A watermark (in microseconds) goes out only behind a whole
 * transaction: it <em>is</em> the tick, cut as soon as a transaction is complete when things are quiet, and at most
 * every {@code minTickMillis} when they are not. Before each watermark goes the {@link TickProgress} that belongs to it. A
 * transaction that takes long to read is reported once a second meanwhile, and so is the first thing that is read, because
 * the tick writer has to know the lineage before it can put anything aside.
 *
 * <p>Snapshots come first and move time to when they were taken. Of the log behind them, what they hold is dropped (see
 * {@link SnapshotFilter}), and no tick is cut before the log has passed all of them. A snapshot that comes a second time,
 * because of a failure while it was read, is preceded by a TRUNCATE of what the first one has put in.
 *
 * <p>Once all is read that was committed before the job began, or began again, that is said by a change of its own ({@link
 * Change#caughtUp}). The log has passed the snapshots by then: its end is looked up when all of them have been read.
 *
 * <p>Runs with parallelism 1, chained behind the source. State: {@link LogClockState}, and {@link LastingOptions}. A restore begins at the start of
 * a transaction; rows of it that were already passed on are counted and skipped, so that nothing downstream sees a row
 * twice, not even one of a bulk load, whose rows share one log position.
 */
public final class LogClockOperator extends AbstractStreamOperator<Change>
        implements OneInputStreamOperator<LogRecord, Change> {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(LogClockOperator.class);
    static final long NO_BEAT = -1;
    private static final long CAUGHT_UP = Long.MIN_VALUE;
    private static final long NOT_READ = Long.MAX_VALUE;
    private static final long NO_LINEAGE = 0;
    private static final long MICROS_PER_MILLI = 1000;
    private static final long LATE_AFTER_MICROS = 1_000_000;
    private static final long REPORT_MILLIS = 1000;
    private static final int ROWS_BETWEEN_LOOKS_AT_THE_CLOCK = 1024;

    private final long minTickMillis;
    private final OutputTag<TickRecord> progressTag;
    private final LastingOptions options;

    private transient ListState<LogClockState> state;
    private transient ListState<String> optionsState;
    private transient Map<SourceTable, TableCounter> counters;
    private transient SnapshotFilter snapshots;
    private long lineage;
    private long timeMicros;
    private long tick;
    private boolean inTransaction;
    private int openTransactionId;
    private int passedRows;
    private long beat;
    private long endOfBacklogLsn;
    private long eventsFromLsn;
    private long commitLsn;
    private int number;
    private int rowsToSkip;
    private long completeLsn;
    private boolean tickDue;
    private long lastTickMillis;
    private boolean timerSet;
    private boolean lineageReported;
    private long lastReportMillis;

    /** @param options what the state of the whole job is built by: a savepoint that was made by others is refused */
    public LogClockOperator(long minTickMillis, OutputTag<TickRecord> progressTag, LastingOptions options) {
        this.minTickMillis = minTickMillis;
        this.progressTag = progressTag;
        this.options = options;
        this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        state = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("clock", TypeInformation.of(LogClockState.class)));
        LogClockState restored = new LogClockState(
                NO_LINEAGE,
                0,
                0,
                false,
                0,
                0,
                NO_BEAT,
                SnapshotStart.NO_EVENTS,
                null,
                null,
                null,
                TableCounts.ZERO,
                TableCounts.ZERO,
                TableCounts.ZERO);
        boolean found = false;
        for (LogClockState only : state.get()) {
            found = true;
            restored = only;
            LOG.info(
                    "the clock goes on at {}, {}",
                    only.timeMicros(),
                    only.inTransaction()
                            ? "in transaction " + only.openTransactionId() + " behind row " + only.passedRows()
                            : "between two transactions");
        }
        if (context.isRestored() && !found) {
            throw new SuppressRestartsException(
                    new IllegalStateException("The savepoint was made by a version of the job"
                            + " that kept its state in another way, and cannot be restored. Start without it, so that the job reads"
                            + " the tables anew (./agentpulse resync)."));
        }
        optionsState = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("options", TypeInformation.of(String.class)));
        try {
            options.requireSameAs(optionsState.get());
        } catch (IllegalArgumentException e) {
            throw new SuppressRestartsException(e);
        }
        lineage = restored.lineage();
        timeMicros = restored.timeMicros();
        tick = restored.tick();
        inTransaction = restored.inTransaction();
        openTransactionId = restored.openTransactionId();
        passedRows = restored.passedRows();
        beat = restored.beat();
        endOfBacklogLsn = NOT_READ;
        eventsFromLsn = restored.eventsFromLsn();
        snapshots = new SnapshotFilter();
        snapshots.put(SourceTable.QUERIES, restored.queriesSnapshot());
        snapshots.put(SourceTable.APPROVALS, restored.approvalsSnapshot());
        snapshots.put(SourceTable.FEEDBACK, restored.feedbackSnapshot());
        counters = new EnumMap<>(SourceTable.class);
        counters.put(SourceTable.QUERIES, counter(SourceTable.QUERIES, restored.queries()));
        counters.put(SourceTable.APPROVALS, counter(SourceTable.APPROVALS, restored.approvals()));
        counters.put(SourceTable.FEEDBACK, counter(SourceTable.FEEDBACK, restored.feedback()));
    }

    private TableCounter counter(SourceTable table, TableCounts restored) {
        return new TableCounter(restored, getMetricGroup().addGroup("table", table.label()));
    }

    @Override
    public void open() throws Exception {
        super.open();
        getMetricGroup().gauge("eventTimeLagMillis", () -> System.currentTimeMillis() - timeMicros / MICROS_PER_MILLI);
    }

    @Override
    public void processElement(StreamRecord<LogRecord> element) {
        LogRecord record = element.getValue();
        switch (record.kind()) {
            case SNAPSHOT_START -> startSnapshot(Objects.requireNonNull(record.snapshot()));
            case SNAPSHOT_ROW -> emit(Objects.requireNonNull(record.change()), ReadPhase.SNAPSHOT, snapshotPosition());
            case LOG_START -> endOfBacklogLsn = record.lsn();
            case BEGIN -> begin(record);
            case CHANGE -> pass(Objects.requireNonNull(record.change()));
            case HEARTBEAT -> {
                follow(record.lsn());
                isNewRow();
            }
            case END -> end(record.lsn());
        }
    }

    private void startSnapshot(SnapshotStart start) {
        SourceTable table = start.table();
        boolean again = snapshots.has(table);
        if (lineage == NO_LINEAGE) {
            lineage = start.slotLsn();
            eventsFromLsn = start.eventsFromLsn();
            // One time for all that is read, also a second time: nothing may come about between two readings.
            timeMicros = start.timeMicros();
        }
        reportLineage();
        snapshots.put(table, start.visible());
        if (again) {
            LOG.info("the snapshot of {} is read again, because of a failure while it was read", table.label());
            counter(table).reset();
            output.collect(new StreamRecord<>(
                    Change.ofTruncate(table).at(ReadPhase.SNAPSHOT, snapshotPosition()), timeMicros));
        }
    }

    private LogPosition snapshotPosition() {
        return LogPosition.ofTime(timeMicros);
    }

    private void begin(LogRecord record) {
        number = 0;
        commitLsn = record.lsn();
        reportLineage();
        snapshots.begin(record.transactionId());
        if (inTransaction && record.transactionId() == openTransactionId) {
            // A restore in the middle of this transaction: it has its time already.
            rowsToSkip = passedRows;
            LOG.info("transaction {} is read again: its first {} rows were passed on", openTransactionId, rowsToSkip);
            return;
        }
        rowsToSkip = 0;
        passedRows = 0;
        inTransaction = true;
        openTransactionId = record.transactionId();
        timeMicros = Math.max(timeMicros + 1, record.commitMicros());
    }

    /**
     * Heartbeats are numbered, so a gap in the log that nothing else shows is seen at the first one behind it. A number
     * that was seen before comes again with a transaction that is read again, and is no gap.
     */
    private void follow(long next) {
        if (beat != NO_BEAT && next > beat && next - 1 > beat) {
            throw new SuppressRestartsException(new IllegalStateException("The change stream goes on at heartbeat "
                    + next
                    + " where " + (beat + 1) + " must come: changes are lost to this job, because it was started from a"
                    + " checkpoint that is older than what its replication slot has kept. Start it without the"
                    + " checkpoint, so that it reads the tables anew (./agentpulse resync)."));
        }
        beat = next;
    }

    private void reportLineage() {
        if (!lineageReported) {
            lineageReported = true;
            report();
        }
    }

    private void reportIfTime() {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        if (now - Math.max(lastReportMillis, lastTickMillis) >= REPORT_MILLIS) {
            lastReportMillis = now;
            report();
        }
    }

    private void report() {
        output.collect(
                progressTag,
                new StreamRecord<>(TickRecord.of(new TransactionProgress(lineage, timeMicros, number)), timeMicros));
        TickFlush.flush(getContainingTask());
    }

    private void pass(Change change) {
        if (number % ROWS_BETWEEN_LOOKS_AT_THE_CLOCK == ROWS_BETWEEN_LOOKS_AT_THE_CLOCK - 1) {
            reportIfTime();
        }
        if (!isNewRow()) {
            counter(change.table()).replayed();
        } else if (!snapshots.holds(change.table())) {
            emit(change, ReadPhase.STREAM, logPosition());
        } else if (commitLsn >= eventsFromLsn) {
            output.collect(new StreamRecord<>(change.at(ReadPhase.SNAPSHOT_HOLDS, logPosition()), timeMicros));
        }
    }

    /** Counts a row of the transaction; false for one that was passed on before a restore. */
    private boolean isNewRow() {
        number++;
        passedRows = Math.max(passedRows, number);
        return number > rowsToSkip;
    }

    private LogPosition logPosition() {
        return new LogPosition(timeMicros, commitLsn, number, openTransactionId);
    }

    private void emit(Change change, ReadPhase phase, LogPosition position) {
        TableCounter counter = counter(change.table());
        counter.read();
        if (change.rejection() != null) {
            counter.rejected();
        } else if (!change.hasBefore()
                && change.hasAfter()
                && change.createdAtMicros() < timeMicros - LATE_AFTER_MICROS) {
            counter.late();
        }
        // What operators make of it inherits the timestamp; the tick writer sorts by it.
        output.collect(new StreamRecord<>(change.at(phase, position), timeMicros));
    }

    private TableCounter counter(SourceTable table) {
        return Objects.requireNonNull(counters.get(table));
    }

    private void end(long endLsn) {
        inTransaction = false;
        passedRows = 0;
        rowsToSkip = 0;
        completeLsn = endLsn;
        if (endOfBacklogLsn != CAUGHT_UP && endLsn >= endOfBacklogLsn) {
            endOfBacklogLsn = CAUGHT_UP;
            snapshots.clear();
            output.collect(new StreamRecord<>(Change.caughtUp(logPosition()), timeMicros));
            LOG.info("what was committed while the job was away has been read");
        }
        // What opens with the first tick must not wait for a later one, so the first one comes behind all snapshots.
        if (snapshots.isEmpty()) {
            tickDue = true;
            tickIfTime();
        }
    }

    private void tickIfTime() {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        if (now - lastTickMillis >= minTickMillis) {
            emitTick(now);
        } else if (!timerSet) {
            timerSet = true;
            // A failure in the callback fails the task; there is nothing to wait for.
            ScheduledFuture<?> unused =
                    getProcessingTimeService().registerTimer(lastTickMillis + minTickMillis, this::onTimer);
        }
    }

    private void onTimer(long timestamp) {
        timerSet = false;
        // In the middle of a transaction its end will see to it.
        if (tickDue && !inTransaction) {
            tickIfTime();
        }
    }

    private void emitTick(long nowMillis) {
        tickDue = false;
        lastTickMillis = nowMillis;
        tick++;
        output.collect(
                progressTag,
                new StreamRecord<>(
                        TickRecord.of(new TickProgress(
                                timeMicros,
                                completeLsn,
                                tick,
                                lineage,
                                counts(SourceTable.QUERIES),
                                counts(SourceTable.APPROVALS),
                                counts(SourceTable.FEEDBACK),
                                endOfBacklogLsn != CAUGHT_UP)),
                        timeMicros));
        output.emitWatermark(new Watermark(timeMicros));
        TickFlush.flush(getContainingTask());
    }

    private TableCounts counts(SourceTable table) {
        return Objects.requireNonNull(counters.get(table)).counts();
    }

    @Override
    public void processWatermark(Watermark mark) {
        // Only the log moves time, not the source.
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        optionsState.update(options.values());
        state.clear();
        state.add(new LogClockState(
                lineage,
                timeMicros,
                tick,
                inTransaction,
                openTransactionId,
                passedRows,
                beat,
                eventsFromLsn,
                snapshots.text(SourceTable.QUERIES),
                snapshots.text(SourceTable.APPROVALS),
                snapshots.text(SourceTable.FEEDBACK),
                counts(SourceTable.QUERIES),
                counts(SourceTable.APPROVALS),
                counts(SourceTable.FEEDBACK)));
    }
}
