package dev.agentpulse.job.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.Channel;
import dev.agentpulse.job.model.ChannelMessage;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.TickRecord;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * {@code new_approval} messages of rows that are pending when they come, and {@code status_change} messages. A row that
 * comes decided is a change of status, too, without an old one. A function of one change, so without state.
 */
public final class ApprovalFeedFunction implements FlatMapFunction<Change, TickRecord> {

    private static final long serialVersionUID = 1L;

    @Override
    public void flatMap(Change change, Collector<TickRecord> out) {
        ApprovalRow before = change.approvalBefore();
        ApprovalRow after = change.approvalAfter();
        if (after == null) {
            return;
        }
        if (before == null && after.isPending()) {
            ObjectNode payload = payload("new_approval", after);
            payload.put("status", after.status().text());
            Payload.putMinutes(payload, "age_minutes", change.position().timeMicros() - after.createdAtMicros());
            send(change, "new_approval", payload, out);
        } else if (before == null || before.status() != after.status()) {
            ObjectNode payload = payload("status_change", after);
            if (before != null) {
                payload.put("old_status", before.status().text());
            }
            payload.put("new_status", after.status().text());
            Payload.put(payload, "approved_by", after.approvedBy());
            Long decidedAt = after.status().isDecided() ? after.updatedAtMicros() : null;
            Payload.putSeconds(
                    payload, "resolution_seconds", decidedAt == null ? null : decidedAt - after.createdAtMicros());
            send(change, "status_change", payload, out);
        }
    }

    private static ObjectNode payload(String event, ApprovalRow row) {
        ObjectNode payload = Payload.of(event);
        Payload.put(payload, "id", row.id());
        Payload.put(payload, "conversation_id", row.conversationId());
        Payload.putTime(payload, "created_at", row.createdAtMicros());
        return payload;
    }

    private static void send(Change change, String event, ObjectNode payload, Collector<TickRecord> out) {
        out.collect(TickRecord.of(new ChannelMessage(
                event + ":" + change.position().key(),
                Channel.APPROVAL_QUEUE,
                event,
                payload.toString(),
                change.position(),
                change.position().timeMicros())));
    }
}
