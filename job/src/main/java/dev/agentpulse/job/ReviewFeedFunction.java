package dev.agentpulse.job;

import dev.agentpulse.job.approval.ApprovalFeedFunction;
import dev.agentpulse.job.feedback.FeedbackFeedFunction;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.TickRecord;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * The messages of the two tables in which people review answers. A change is of one table, so one operator serves both;
 * each feed leaves the other's changes alone.
 */
final class ReviewFeedFunction implements FlatMapFunction<Change, TickRecord> {

    private static final long serialVersionUID = 1L;

    private final ApprovalFeedFunction approvals = new ApprovalFeedFunction();
    private final FeedbackFeedFunction feedback = new FeedbackFeedFunction();

    @Override
    public void flatMap(Change change, Collector<TickRecord> out) {
        approvals.flatMap(change, out);
        feedback.flatMap(change, out);
    }
}
