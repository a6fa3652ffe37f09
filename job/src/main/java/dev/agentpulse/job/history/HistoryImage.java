package dev.agentpulse.job.history;

import dev.agentpulse.job.model.ApprovalImage;
import dev.agentpulse.job.model.HistoryChange;
import dev.agentpulse.udf.aggregate.FeedbackEvent;
import dev.agentpulse.udf.aggregate.FeedbackHistory;
import dev.agentpulse.udf.aggregate.HistoryEvent;
import dev.agentpulse.udf.aggregate.QueryEvent;
import dev.agentpulse.udf.aggregate.QueryHistory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the images of a change add to history: nothing, or first of all something by the row's {@code created_at}. */
final class HistoryImage {

    /** At most so many events of one image. */
    static final int EVENTS = 2;

    private HistoryImage() {}

    static List<HistoryEvent> before(HistoryChange change) {
        return events(change.queryBefore(), change.approvalBefore(), change.feedbackBefore());
    }

    static List<HistoryEvent> after(HistoryChange change) {
        return events(change.queryAfter(), change.approvalAfter(), change.feedbackAfter());
    }

    private static List<HistoryEvent> events(
            @Nullable QueryEvent query, @Nullable ApprovalImage approval, @Nullable FeedbackEvent feedback) {
        if (query != null) {
            return List.of(new QueryHistory(query));
        }
        if (approval != null) {
            return approval.history();
        }
        return feedback == null ? List.of() : List.of(new FeedbackHistory(feedback));
    }
}
