package dev.agentpulse.job.source;

import dev.agentpulse.job.config.LastingOptions;
import dev.agentpulse.job.config.SampleConfig;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.LogRecord;
import dev.agentpulse.job.model.SnapshotStart;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
import dev.agentpulse.job.model.TransactionProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Drives a {@link LogClockOperator} by hand and keeps all that it emits, in order. (Flink's own
 * harness keeps side outputs apart, and the order of progress and watermark matters.)
 */
final class LogClockDriver implements AutoCloseable {

    static final long STARTED_AT = 1_000_000_000L;
    static final int MIN_TICK_MILLIS = 5;

    /** Where the slot begins. */
    static final long SLOT_LSN = 77;

    private long beat;

    private static final OutputTag<TickRecord> PROGRESS =
            new OutputTag<>("progress", TypeInformation.of(TickRecord.class));

    /** A {@link Change}, a {@link TickProgress}, or a {@link Watermark}. */
    final List<Object> emitted = new ArrayList<>();

    /** What was reported of transactions that are not complete. */
    final List<TransactionProgress> reports = new ArrayList<>();

    private final OneInputStreamOperatorTestHarness<LogRecord, Change> harness;
    private long nowMillis = 1_000;

    private LogClockDriver(@Nullable OperatorSubtaskState restored, String... keysAndValues) throws Exception {
        LastingOptions options = LastingOptions.of(SampleConfig.of(keysAndValues));
        harness = new OneInputStreamOperatorTestHarness<>(
                new Factory(new LogClockOperator(MIN_TICK_MILLIS, PROGRESS, options), emitted, reports));
        harness.setProcessingTime(nowMillis);
        harness.setup();
        if (restored != null) {
            harness.initializeState(restored);
        }
        harness.open();
    }

    /** A job with empty state. */
    static LogClockDriver empty() throws Exception {
        return new LogClockDriver(null);
    }

    /** A job that has read empty tables, and begins to read the log, whose end is behind the transaction. */
    static LogClockDriver atStartOfLog(int transactionId) throws Exception {
        LogClockDriver driver = empty();
        for (SourceTable table : SourceTable.values()) {
            driver.snapshotStart(table, "1:1:", STARTED_AT);
        }
        driver.logStart(transactionId);
        return driver;
    }

    /** A job that has read empty tables, and the log as far as it went, with one tick; what came of it is not kept. */
    static LogClockDriver caughtUp() throws Exception {
        LogClockDriver driver = atStartOfLog(0);
        driver.transaction(0, STARTED_AT);
        driver.passMillis(MIN_TICK_MILLIS);
        driver.emitted.clear();
        return driver;
    }

    /** Goes on from a checkpoint, with the default options but for those that are given. */
    static LogClockDriver restored(OperatorSubtaskState checkpoint, String... keysAndValues) throws Exception {
        return new LogClockDriver(checkpoint, keysAndValues);
    }

    OperatorSubtaskState checkpoint() throws Exception {
        return harness.snapshot(1, 1);
    }

    /** The beginning of a table's snapshot in the first start of a job. */
    void snapshotStart(SourceTable table, String visible, long timeMicros) throws Exception {
        snapshotStart(new SnapshotStart(table, visible, timeMicros, SLOT_LSN, SnapshotStart.NO_EVENTS));
    }

    void snapshotStart(SnapshotStart start) throws Exception {
        feed(LogRecord.snapshotStart(start));
    }

    void snapshotRow(Change change) throws Exception {
        feed(LogRecord.snapshotRow(change));
    }

    /** The reading of the log begins, whose end is behind the transaction. */
    void logStart(int transactionId) throws Exception {
        feed(LogRecord.logStart(endLsn(transactionId)));
    }

    /** The beginning of a transaction whose commit lies at a hundred times its id in the log. */
    void begin(int transactionId, long commitMicros) throws Exception {
        feed(LogRecord.begin(transactionId, commitMicros, commitLsn(transactionId)));
    }

    void change(Change change) throws Exception {
        feed(LogRecord.change(change));
    }

    void end(int transactionId) throws Exception {
        feed(LogRecord.end(endLsn(transactionId)));
    }

    static long commitLsn(int transactionId) {
        return transactionId * 100L;
    }

    static long endLsn(int transactionId) {
        return commitLsn(transactionId) + 1;
    }

    void heartbeat() throws Exception {
        feed(LogRecord.heartbeat(++beat));
    }

    /** A whole transaction, long enough after the last one for a tick of its own. */
    void transaction(int transactionId, long commitMicros, Change... changes) throws Exception {
        passMillis(MIN_TICK_MILLIS);
        transactionAtOnce(transactionId, commitMicros, changes);
    }

    void transactionAtOnce(int transactionId, long commitMicros, Change... changes) throws Exception {
        begin(transactionId, commitMicros);
        for (Change change : changes) {
            change(change);
        }
        end(transactionId);
    }

    void watermarkFromSource(long time) throws Exception {
        harness.processWatermark(new Watermark(time));
    }

    private void feed(LogRecord record) throws Exception {
        harness.processElement(new StreamRecord<>(record));
    }

    /** Lets wall-clock time pass. */
    void passMillis(long millis) throws Exception {
        nowMillis += millis;
        harness.setProcessingTime(nowMillis);
    }

    List<Change> changes() {
        return emitted.stream()
                .filter(Change.class::isInstance)
                .map(Change.class::cast)
                .toList();
    }

    List<TickProgress> progress() {
        return emitted.stream()
                .filter(TickProgress.class::isInstance)
                .map(TickProgress.class::cast)
                .toList();
    }

    List<Long> watermarks() {
        return emitted.stream()
                .filter(Watermark.class::isInstance)
                .map(mark -> ((Watermark) mark).getTimestamp())
                .toList();
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }

    /** Makes the operator write into the list. */
    private static final class Factory extends AbstractStreamOperatorFactory<Change>
            implements OneInputStreamOperatorFactory<LogRecord, Change> {

        private static final long serialVersionUID = 1L;

        private final LogClockOperator operator;
        private final transient List<Object> emitted;
        private final transient List<TransactionProgress> reports;

        Factory(LogClockOperator operator, List<Object> emitted, List<TransactionProgress> reports) {
            this.operator = operator;
            this.emitted = emitted;
            this.reports = reports;
        }

        @Override
        // The caller asks for the operator that this factory is for; Flink's own factories set it up in the same way.
        @SuppressWarnings({"unchecked", "deprecation", "TypeParameterUnusedInFormals"})
        public <T extends StreamOperator<Change>> T createStreamOperator(StreamOperatorParameters<Change> parameters) {
            operator.setProcessingTimeService(parameters.getProcessingTimeService());
            operator.setup(
                    parameters.getContainingTask(), parameters.getStreamConfig(), new Recorder(emitted, reports));
            return (T) operator;
        }

        @Override
        @SuppressWarnings("rawtypes") // as Flink declares it
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return LogClockOperator.class;
        }
    }

    private record Recorder(List<Object> emitted, List<TransactionProgress> reports)
            implements Output<StreamRecord<Change>> {

        @Override
        public void collect(StreamRecord<Change> record) {
            emitted.add(record.getValue());
        }

        @Override
        public <X> void collect(OutputTag<X> tag, StreamRecord<X> record) {
            TickRecord emittedRecord = (TickRecord) record.getValue();
            if (emittedRecord.kind() == TickRecord.Kind.TRANSACTION) {
                reports.add(Objects.requireNonNull(emittedRecord.transaction()));
            } else {
                emitted.add(Objects.requireNonNull(emittedRecord.progress()));
            }
        }

        @Override
        public void emitWatermark(Watermark mark) {
            emitted.add(mark);
        }

        @Override
        public void emitWatermarkStatus(WatermarkStatus status) {}

        @Override
        public void emitLatencyMarker(LatencyMarker marker) {}

        @Override
        public void emitRecordAttributes(RecordAttributes attributes) {}

        @Override
        public void close() {}
    }
}
