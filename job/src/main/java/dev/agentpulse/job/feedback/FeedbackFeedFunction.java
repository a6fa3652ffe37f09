package dev.agentpulse.job.feedback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.TickRecord;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * {@code new_feedback}, {@code annotation} and {@code unsafe_response} messages; a function of one change, so without
 * state.
 */
public final class FeedbackFeedFunction implements FlatMapFunction<Change, TickRecord> {

    private static final long serialVersionUID = 1L;

    @Override
    public void flatMap(Change change, Collector<TickRecord> out) {
        FeedbackRow before = change.feedbackBefore();
        FeedbackRow after = change.feedbackAfter();
        if (after == null) {
            return;
        }
        if (before == null) {
            send("new_feedback", change, after, out);
        } else if (!before.equals(after)) {
            send("annotation", change, after, out);
        }
        boolean wasUnsafe = before != null && Boolean.FALSE.equals(before.safeToSend());
        if (Boolean.FALSE.equals(after.safeToSend()) && !wasUnsafe) {
            send("unsafe_response", change, after, out);
        }
    }

    private static void send(String event, Change change, FeedbackRow row, Collector<TickRecord> out) {
        ObjectNode payload = Payload.of(event);
        Payload.put(payload, "id", row.id());
        Payload.put(payload, "conversation_id", row.conversationId());
        payload.put("safe_to_send", row.safeToSend());
        Payload.putLabels(payload, "labels", row.labels());
        Payload.put(payload, "annotator", row.annotator());
        Payload.putTime(payload, "created_at", row.createdAtMicros());
        out.collect(TickRecord.of(new ChannelMessage(
                event + ":" + change.position().key(),
                Channel.TRAINING_FEEDBACK,
                event,
                payload.toString(),
                change.position(),
                change.position().timeMicros())));
    }
}
