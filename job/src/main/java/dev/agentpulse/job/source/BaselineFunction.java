package dev.agentpulse.job.source;

import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.QueryRow;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

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
final class BaselineFunction extends KeyedProcessFunction<String, Change, Change> {

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
        return change.table().label() + ":" + change.rowId();
    }

    @Override
    public void open(OpenContext openContext) {
        image = getRuntimeContext().getState(new ValueStateDescriptor<>(IMAGE_STATE, TypeInformation.of(Change.class)));
    }

    @Override
    public void processElement(Change change, Context context, Collector<Change> out) throws Exception {
        Change known = image.value();
        Change corrected = change.withBefore(
                known == null ? null : known.queryAfter(),
                known == null ? null : known.approvalAfter(),
                known == null ? null : known.feedbackAfter());
        boolean matters = change.hasAfter() && !isPast(change);
        if (matters) {
            image.update(change);
            if (forGood) {
                context.timerService().registerEventTimeTimer(pastAt(change));
            }
        } else if (known != null) {
            image.clear();
        }
        if (matters || known != null) {
            out.collect(corrected);
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Change> out) throws Exception {
        Change known = image.value();
        if (known != null && !isPending(known) && pastAt(known) <= timestamp) {
            image.clear();
        }
    }

    /** Drops the current key's image. */
    void forget() {
        image.clear();
    }

    private boolean isPast(Change change) {
        return !isPending(change) && pastAt(change) <= change.position().timeMicros();
    }

    private static boolean isPending(Change change) {
        return change.approvalAfter() != null && change.approvalAfter().isPending();
    }

    /** When no window can hold the row any more. */
    private long pastAt(Change change) {
        return newest(change) + longestWindowMicros;
    }

    private static long newest(Change change) {
        QueryRow query = change.queryAfter();
        if (query != null) {
            return query.createdAtMicros();
        }
        FeedbackRow feedback = change.feedbackAfter();
        if (feedback != null) {
            return feedback.createdAtMicros();
        }
        ApprovalRow approval = change.approvalAfter();
        if (approval == null) {
            return Long.MIN_VALUE / 2;
        }
        return approval.updatedAtMicros() == null
                ? approval.createdAtMicros()
                : Math.max(approval.createdAtMicros(), approval.updatedAtMicros());
    }
}
