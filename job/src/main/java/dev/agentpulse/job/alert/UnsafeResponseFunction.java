package dev.agentpulse.job.alert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.job.model.AlertChange;
import dev.agentpulse.job.model.AlertRule;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.Payload;
import dev.agentpulse.job.model.Severity;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.model.TickRecord;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * {@code unsafe_response}: open while a feedback row says that the answer is not safe to send. A function of one change
 * and so without state: what is resolved is whatever the row opened before this change, and ids of one subject sort as
 * the log does. TRUNCATE resolves what all rows opened before it.
 */
public final class UnsafeResponseFunction implements FlatMapFunction<Change, TickRecord> {

    private static final long serialVersionUID = 1L;

    @Override
    public void flatMap(Change change, Collector<TickRecord> out) {
        if (change.truncate() && change.table() == SourceTable.FEEDBACK) {
            out.collect(step(AlertChange.Step.RESOLVE_ALL_EARLIER, change, "", null, null));
            return;
        }
        FeedbackRow before = change.feedbackBefore();
        FeedbackRow after = change.feedbackAfter();
        boolean was = isUnsafe(before);
        boolean is = isUnsafe(after);
        if (is && !was && after != null) {
            ObjectNode details = Payload.object();
            Payload.putLabels(details, "labels", after.labels());
            Payload.put(details, "annotator", after.annotator());
            out.collect(step(AlertChange.Step.OPEN, change, after.id(), after.conversationId(), details.toString()));
        } else if (was && !is && before != null) {
            out.collect(step(AlertChange.Step.RESOLVE_EARLIER, change, before.id(), before.conversationId(), null));
        }
    }

    private static boolean isUnsafe(@Nullable FeedbackRow row) {
        return row != null && Boolean.FALSE.equals(row.safeToSend());
    }

    private static TickRecord step(
            AlertChange.Step step,
            Change change,
            String id,
            @Nullable String conversationId,
            @Nullable String details) {
        return TickRecord.of(new AlertChange(
                step,
                AlertRule.UNSAFE_RESPONSE.alertIdAt(id, change.position()),
                AlertRule.UNSAFE_RESPONSE,
                id,
                Severity.CRITICAL,
                null,
                null,
                conversationId,
                details,
                change.position().timeMicros()));
    }
}
