package dev.agentpulse.job.source;

import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.SourceTable;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Keeps, for each row, the image that was last passed on, and passes on each change with that as its before image.
 *
 * <p><b>After a snapshot:</b> a chunk may hold what the stream will say again, and chunks are read at different times.
 * The stream begins before the first chunk, so for each row that it touches it has the last word, and a row that it
 * does not touch did not change. Until the log has passed the last chunk, changes go through here; then the images have
 * done their duty and {@link BaselineOperator} clears them all at once.
 *
 * <p><b>Without a snapshot</b> (startup mode latest) a change may concern a row that was never put in, and must not take
 * it out. Every change goes through here for good; an image goes when its row is deleted, or when it is older than
 * every window and not pending.
 */
final class BaselineFunction extends KeyedProcessFunction<String, RowChange, Change> {

    private static final long serialVersionUID = 1L;

    static final String IMAGE_STATE = "baseline-image";

    private final long longestWindowMicros;
    private final boolean forGood;

    private transient ValueState<Change> image;

    BaselineFunction(long longestWindowMicros, boolean forGood) {
        this.longestWindowMicros = longestWindowMicros;
        this.forGood = forGood;
    }

    static String key(Change change) {
        return keyPrefix(change.table()) + change.rowId();
    }

    /** What the keys of a table's rows begin with. */
    static String keyPrefix(SourceTable table) {
        return table.label() + ":";
    }

    @Override
    public void open(OpenContext openContext) {
        image = getRuntimeContext().getState(new ValueStateDescriptor<>(IMAGE_STATE, TypeInformation.of(Change.class)));
    }

    @Override
    public void processElement(RowChange element, Context context, Collector<Change> out) throws Exception {
        Change change = element.change();
        Change known = image.value();
        long time = change.position().timeMicros();
        boolean matters = matters(change.queryAfter(), change.approvalAfter(), change.feedbackAfter(), time);
        if (matters) {
            image.update(change);
            if (forGood) {
                context.timerService().registerEventTimeTimer(pastAt(change));
            }
        } else if (known != null) {
            image.clear();
        }
        Change passedOn = isOldHat(change, known, time)
                ? change
                : change.withBefore(
                        known == null ? null : known.queryAfter(),
                        known == null ? null : known.approvalAfter(),
                        known == null ? null : known.feedbackAfter());
        boolean worthPassing = change.phase() == ReadPhase.SNAPSHOT ? matters : !passedOn.isEmpty();
        if (worthPassing) {
            out.collect(passedOn);
        }
    }

    /** A row that was too old for its image to be kept: it was in no window, so its own before image can stand. */
    private boolean isOldHat(Change change, @Nullable Change known, long timeMicros) {
        return !forGood
                && known == null
                && change.hasBefore()
                && !matters(change.queryBefore(), change.approvalBefore(), change.feedbackBefore(), timeMicros);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Change> out) throws Exception {
        Change known = image.value();
        if (known != null && !matters(known.queryAfter(), known.approvalAfter(), known.feedbackAfter(), timestamp)) {
            image.clear();
        }
    }

    /** Drops the current key's image. */
    void forget() {
        image.clear();
    }

    /** Whether a window can hold the row, now or later, or it is pending. */
    private boolean matters(
            @Nullable QueryRow query, @Nullable ApprovalRow approval, @Nullable FeedbackRow feedback, long timeMicros) {
        return newest(query, approval, feedback) + longestWindowMicros > timeMicros
                || (approval != null && approval.isPending());
    }

    private long pastAt(Change change) {
        return newest(change.queryAfter(), change.approvalAfter(), change.feedbackAfter()) + longestWindowMicros;
    }

    /** The latest event time of a row; far in the past where there is no row. */
    private static long newest(
            @Nullable QueryRow query, @Nullable ApprovalRow approval, @Nullable FeedbackRow feedback) {
        if (query != null) {
            return query.createdAtMicros();
        }
        if (feedback != null) {
            return feedback.createdAtMicros();
        }
        if (approval == null) {
            return Long.MIN_VALUE / 2;
        }
        return approval.updatedAtMicros() == null
                ? approval.createdAtMicros()
                : Math.max(approval.createdAtMicros(), approval.updatedAtMicros());
    }
}
