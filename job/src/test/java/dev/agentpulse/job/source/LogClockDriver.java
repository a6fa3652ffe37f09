package dev.agentpulse.job.source;

import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.LogRecord;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.TickProgress;
import dev.agentpulse.job.model.TickRecord;
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
 * Drives a {@link LogClockOperator} by hand and keeps all that it says in the order in which it says it. (Flink's own
 * harness keeps side outputs apart, and the order of progress and watermark matters.)
 */
final class LogClockDriver implements AutoCloseable {

    static final long STARTED_AT = 1_000_000_000L;
    static final int MIN_TICK_MILLIS = 5;

    private long beat;

    private static final OutputTag<TickRecord> PROGRESS =
            new OutputTag<>("progress", TypeInformation.of(TickRecord.class));

    /** A {@link Change}, a {@link TickProgress}, or a {@link Watermark}. */
    final List<Object> said = new ArrayList<>();

    private final OneInputStreamOperatorTestHarness<LogRecord, Change> harness;
    private long nowMillis = 1_000;

    private LogClockDriver(boolean startsCaughtUp, @Nullable OperatorSubtaskState restored) throws Exception {
        harness = new OneInputStreamOperatorTestHarness<>(
                new Factory(new LogClockOperator(STARTED_AT, startsCaughtUp, MIN_TICK_MILLIS, PROGRESS), said));
        harness.setProcessingTime(nowMillis);
        harness.setup();
        if (restored != null) {
            harness.initializeState(restored);
        }
        harness.open();
    }

    /** A job without a snapshot to catch up with. */
    static LogClockDriver caughtUp() throws Exception {
        return new LogClockDriver(true, null);
    }

    static LogClockDriver withSnapshot() throws Exception {
        return new LogClockDriver(false, null);
    }

    /** Goes on from a checkpoint. */
    static LogClockDriver restored(OperatorSubtaskState checkpoint) throws Exception {
        return new LogClockDriver(true, checkpoint);
    }

    OperatorSubtaskState checkpoint() throws Exception {
        return harness.snapshot(1, 1);
    }

    void begin(long transactionId, long commitMicros) throws Exception {
        feed(LogRecord.begin(transactionId, commitMicros));
    }

    void change(long lsn, Change change) throws Exception {
        feed(LogRecord.change(lsn, change));
    }

    void end(long transactionId, long commitMicros, long lsn) throws Exception {
        end(transactionId, commitMicros, lsn, true);
    }

    void end(long transactionId, long commitMicros, long lsn, boolean caughtUp) throws Exception {
        feed(LogRecord.end(transactionId, commitMicros, lsn, caughtUp));
    }

    void heartbeat() throws Exception {
        feed(LogRecord.heartbeat(++beat));
    }

    /** A whole transaction, long enough after the last one for a tick of its own. */
    void transaction(long transactionId, long commitMicros, Change... changes) throws Exception {
        passMillis(MIN_TICK_MILLIS);
        transactionAtOnce(transactionId, commitMicros, changes);
    }

    void transactionAtOnce(long transactionId, long commitMicros, Change... changes) throws Exception {
        begin(transactionId, commitMicros);
        long lsn = transactionId * 100;
        for (Change change : changes) {
            change(lsn, change);
        }
        end(transactionId, commitMicros, lsn + 1);
    }

    void snapshotRow(Change change) throws Exception {
        change(0, change.at(ReadPhase.SNAPSHOT, change.position()));
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
        return said.stream()
                .filter(Change.class::isInstance)
                .map(Change.class::cast)
                .toList();
    }

    List<TickProgress> progress() {
        return said.stream()
                .filter(TickProgress.class::isInstance)
                .map(TickProgress.class::cast)
                .toList();
    }

    List<Long> watermarks() {
        return said.stream()
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
        private final transient List<Object> said;

        Factory(LogClockOperator operator, List<Object> said) {
            this.operator = operator;
            this.said = said;
        }

        @Override
        // The caller asks for the operator that this factory is for; Flink's own factories set it up in the same way.
        @SuppressWarnings({"unchecked", "deprecation", "TypeParameterUnusedInFormals"})
        public <T extends StreamOperator<Change>> T createStreamOperator(StreamOperatorParameters<Change> parameters) {
            operator.setProcessingTimeService(parameters.getProcessingTimeService());
            operator.setup(parameters.getContainingTask(), parameters.getStreamConfig(), new Recorder(said));
            return (T) operator;
        }

        @Override
        @SuppressWarnings("rawtypes") // as Flink declares it
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return LogClockOperator.class;
        }
    }

    private record Recorder(List<Object> said) implements Output<StreamRecord<Change>> {

        @Override
        public void collect(StreamRecord<Change> record) {
            said.add(record.getValue());
        }

        @Override
        public <X> void collect(OutputTag<X> tag, StreamRecord<X> record) {
            said.add(Objects.requireNonNull(((TickRecord) record.getValue()).progress()));
        }

        @Override
        public void emitWatermark(Watermark mark) {
            said.add(mark);
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
