package dev.agentpulse.job.source;

import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.LogPosition;
import dev.agentpulse.job.model.LogRecord;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.model.TableCounts;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clock of the job: only the log moves time.
 *
 * <p>The time of a transaction is its commit time, made strictly increasing, so it is a function of the log and the
 * same after a replay. Each change is stamped with it. A watermark (in microseconds) goes out only behind a whole
 * transaction: it <em>is</em> the tick, cut as soon as a transaction is complete when things are quiet, and at most
 * every {@code minTickMillis} when they are not. Before each watermark goes the {@link TickProgress} that belongs to it.
 *
 * <p>Runs with parallelism 1, chained behind the source. State: {@link LogClockState}. A restore begins at the start of
 * a transaction; rows of it that were already passed on are counted and skipped, so that nothing downstream sees a row
 * twice, not even one of a bulk load, whose rows share one log position.
 */
public final class LogClockOperator extends AbstractStreamOperator<Change>
        implements OneInputStreamOperator<LogRecord, Change> {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(LogClockOperator.class);
    private static final long NO_TRANSACTION = -1;
    static final long NO_BEAT = -1;
    private static final long MICROS_PER_MILLI = 1000;
    private static final long LATE_AFTER_MICROS = 1_000_000;

    private final long startedAtMicros;
    private final boolean startsCaughtUp;
    private final long minTickMillis;
    private final OutputTag<TickRecord> progressTag;

    private transient ListState<LogClockState> state;
    private transient Map<SourceTable, TableCounter> counters;
    private long lineageMicros;
    private long timeMicros;
    private long tick;
    private long openTransactionId;
    private int passedRows;
    private long beat;
    private boolean caughtUp;
    private int ordinal;
    private int rowsToSkip;
    private long completeLsn;
    private boolean tickDue;
    private long lastTickMillis;
    private boolean timerSet;

    /**
     * @param startedAtMicros database time before anything is read: no transaction of the stream proper is older
     * @param startsCaughtUp there is no snapshot to catch up with
     */
    public LogClockOperator(
            long startedAtMicros, boolean startsCaughtUp, long minTickMillis, OutputTag<TickRecord> progressTag) {
        this.startedAtMicros = startedAtMicros;
        this.startsCaughtUp = startsCaughtUp;
        this.minTickMillis = minTickMillis;
        this.progressTag = progressTag;
        this.chainingStrategy = ChainingStrategy.ALWAYS;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        state = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("log-clock", TypeInformation.of(LogClockState.class)));
        LogClockState restored = new LogClockState(
                startedAtMicros,
                startedAtMicros,
                0,
                NO_TRANSACTION,
                0,
                NO_BEAT,
                startsCaughtUp,
                TableCounts.ZERO,
                TableCounts.ZERO,
                TableCounts.ZERO);
        for (LogClockState only : state.get()) {
            restored = only;
        }
        lineageMicros = restored.lineageMicros();
        timeMicros = restored.timeMicros();
        tick = restored.tick();
        openTransactionId = restored.openTransactionId();
        passedRows = restored.passedRows();
        beat = restored.beat();
        if (context.isRestored()) {
            LOG.info(
                    "the clock goes on at {}, in transaction {} behind row {}",
                    timeMicros,
                    openTransactionId,
                    passedRows);
        }
        caughtUp = restored.caughtUp();
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
            case BEGIN -> begin(record);
            case HEARTBEAT -> {
                follow(record.lsn());
                passOn(null, 0);
            }
            case CHANGE -> {
                Change change = Objects.requireNonNull(record.change());
                if (change.phase() == ReadPhase.SNAPSHOT) {
                    emit(change.at(ReadPhase.SNAPSHOT, LogPosition.ofTime(timeMicros)));
                } else {
                    passOn(change, record.lsn());
                }
            }
            case END -> end(record);
        }
    }

    private void begin(LogRecord record) {
        ordinal = 0;
        if (record.transactionId() == openTransactionId) {
            // A restore in the middle of this transaction: it has its time already.
            rowsToSkip = passedRows;
            LOG.info("transaction {} is read again: its first {} rows were passed on", openTransactionId, rowsToSkip);
            return;
        }
        rowsToSkip = 0;
        passedRows = 0;
        openTransactionId = record.transactionId();
        timeMicros = Math.max(timeMicros + 1, record.commitMicros());
    }

    /**
     * Heartbeats are numbered, so a gap in the log that nothing else shows is seen at the first one behind it. A number
     * that was seen before comes again with a transaction that is read again, and is no gap.
     */
    private void follow(long next) {
        if (beat != NO_BEAT && next > beat + 1) {
            throw new SuppressRestartsException(new IllegalStateException("The change stream goes on at heartbeat "
                    + next
                    + " where " + (beat + 1) + " must come: changes are lost to this job, because it was started from a"
                    + " checkpoint that is older than what its replication slot has kept. Start it without the"
                    + " checkpoint, so that it reads the tables anew (./agentpulse resync)."));
        }
        beat = next;
    }

    private void passOn(@Nullable Change change, long lsn) {
        ordinal++;
        if (ordinal <= rowsToSkip) {
            if (change != null) {
                counter(change).replayed();
            }
            return;
        }
        passedRows = ordinal;
        if (change != null) {
            ReadPhase phase = caughtUp ? ReadPhase.STREAM : ReadPhase.CATCH_UP;
            emit(change.at(phase, new LogPosition(timeMicros, lsn, ordinal)));
        }
    }

    private void emit(Change change) {
        TableCounter counter = counter(change);
        counter.read();
        if (change.rejection() != null) {
            counter.rejected();
        } else if (!change.hasBefore()
                && change.hasAfter()
                && change.createdAtMicros() < timeMicros - LATE_AFTER_MICROS) {
            counter.late();
        }
        // What operators say of it inherits the timestamp; the tick writer sorts by it.
        output.collect(new StreamRecord<>(change, timeMicros));
    }

    private TableCounter counter(Change change) {
        return Objects.requireNonNull(counters.get(change.table()));
    }

    private void end(LogRecord record) {
        openTransactionId = NO_TRANSACTION;
        passedRows = 0;
        rowsToSkip = 0;
        completeLsn = record.lsn();
        caughtUp = caughtUp || record.caughtUp();
        if (caughtUp) {
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
        if (tickDue && openTransactionId == NO_TRANSACTION) {
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
                                lineageMicros,
                                counts(SourceTable.QUERIES),
                                counts(SourceTable.APPROVALS),
                                counts(SourceTable.FEEDBACK))),
                        timeMicros));
        output.emitWatermark(new Watermark(timeMicros));
        TickFlush.flush(getContainingTask());
    }

    private TableCounts counts(SourceTable table) {
        return Objects.requireNonNull(counters.get(table)).counts();
    }

    @Override
    public void processWatermark(Watermark mark) {
        // Not the source's to say: only the log moves time.
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        state.clear();
        state.add(new LogClockState(
                lineageMicros,
                timeMicros,
                tick,
                openTransactionId,
                passedRows,
                beat,
                caughtUp,
                counts(SourceTable.QUERIES),
                counts(SourceTable.APPROVALS),
                counts(SourceTable.FEEDBACK)));
    }
}
