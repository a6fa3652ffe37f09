package dev.agentpulse.job;

import dev.agentpulse.job.model.ApprovalChange;
import dev.agentpulse.job.model.ApprovalImage;
import dev.agentpulse.job.model.ApprovalQueueRow;
import dev.agentpulse.job.model.ApprovalRow;
import dev.agentpulse.job.model.Change;
import dev.agentpulse.job.model.FeedbackChange;
import dev.agentpulse.job.model.FeedbackRow;
import dev.agentpulse.job.model.HistoryChange;
import dev.agentpulse.job.model.HistoryTable;
import dev.agentpulse.job.model.QueryRow;
import dev.agentpulse.job.model.ReadPhase;
import dev.agentpulse.job.model.SlaChange;
import dev.agentpulse.udf.aggregate.FeedbackEvent;
import dev.agentpulse.udf.aggregate.QueryEvent;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Splits each change into what each keyed stream needs of it, and nothing more, because that crosses the network. A
 * TRUNCATE goes to every subtask once.
 *
 * <p>The main output is the changes that raise messages and point alerts, for functions of single changes, which are chained behind it.
 * Stateless; parallelism 1.
 */
final class ChangeRouter extends ProcessFunction<Change, Change> {

    private static final long serialVersionUID = 1L;

    /**
     * All three, as history and what is chained behind it need them: queries by agent, of which one that moves to another
     * agent is two changes, approvals under one key, feedback under another.
     */
    static final OutputTag<HistoryChange> HISTORY = new OutputTag<>("history", TypeInformation.of(HistoryChange.class));

    /** Approvals, all under one key. */
    static final OutputTag<ApprovalChange> APPROVALS =
            new OutputTag<>("approvals", TypeInformation.of(ApprovalChange.class));

    /** Approvals by id, as the SLA sees them. */
    static final OutputTag<SlaChange> SLA = new OutputTag<>("sla", TypeInformation.of(SlaChange.class));

    /** Feedback, all under one key. */
    static final OutputTag<FeedbackChange> FEEDBACK =
            new OutputTag<>("feedback", TypeInformation.of(FeedbackChange.class));

    /** Feedback by annotator, without what the annotators' figures do not need; none where there is no annotator. */
    static final OutputTag<FeedbackChange> ANNOTATORS =
            new OutputTag<>("annotators", TypeInformation.of(FeedbackChange.class));

    /** The key of a stream that has only one; the name of the only queue. */
    private static final String ALL = ApprovalQueueRow.ALL;

    private static final String APPROVAL_HISTORY = HistoryTable.APPROVALS.key(HistoryTable.ALL);
    private static final String TRAINING_HISTORY = HistoryTable.TRAINING.key(HistoryTable.ALL);

    private static final String[] NO_LABELS = {};

    private final String[] truncateKeys;

    /** @param truncateKeys keys that together reach every subtask of a keyed operator */
    ChangeRouter(String[] truncateKeys) {
        this.truncateKeys = truncateKeys.clone();
    }

    @Override
    public void processElement(Change change, Context context, Collector<Change> out) {
        if (change.phase() == ReadPhase.CAUGHT_UP) {
            for (String key : truncateKeys) {
                context.output(SLA, SlaChange.caughtUp(key, change.position().timeMicros()));
            }
        }
        if (change.phase().changesFigures()) {
            switch (change.table()) {
                case QUERIES -> routeQuery(change, context);
                case APPROVALS -> routeApproval(change, context);
                case FEEDBACK -> routeFeedback(change, context);
            }
        }
        if (change.phase().raisesEvents()) {
            out.collect(change);
        }
    }

    private void routeQuery(Change change, Context context) {
        if (change.truncate()) {
            for (String key : truncateKeys) {
                outputQuery(change, key, null, null, context);
            }
            return;
        }
        QueryRow before = change.queryBefore();
        QueryRow after = change.queryAfter();
        if (before != null && after != null && before.agent().equals(after.agent())) {
            outputQuery(change, after.agent(), before.event(), after.event(), context);
            return;
        }
        if (before != null) {
            outputQuery(change, before.agent(), before.event(), null, context);
        }
        if (after != null) {
            outputQuery(change, after.agent(), null, after.event(), context);
        }
    }

    private static void outputQuery(
            Change change, String agent, @Nullable QueryEvent before, @Nullable QueryEvent after, Context context) {
        context.output(HISTORY, HistoryChange.ofQuery(change, agent, before, after));
    }

    private void routeApproval(Change change, Context context) {
        long time = change.position().timeMicros();
        boolean snapshot = change.phase() == ReadPhase.SNAPSHOT;
        if (change.truncate()) {
            context.output(APPROVALS, new ApprovalChange(ALL, time, true, null, null));
            for (String key : truncateKeys) {
                context.output(SLA, SlaChange.truncate(key, time, snapshot));
                context.output(HISTORY, HistoryChange.ofApproval(change, key, null, null));
            }
            return;
        }
        ApprovalRow before = change.approvalBefore();
        ApprovalRow after = change.approvalAfter();
        if (before == null && after == null) {
            return;
        }
        ApprovalImage imageBefore = image(before);
        ApprovalImage imageAfter = image(after);
        context.output(APPROVALS, new ApprovalChange(ALL, time, false, imageBefore, imageAfter));
        context.output(HISTORY, HistoryChange.ofApproval(change, APPROVAL_HISTORY, imageBefore, imageAfter));
        context.output(
                SLA,
                after != null && after.isPending()
                        ? SlaChange.pending(after, time, snapshot)
                        : SlaChange.over(change.rowId(), time, snapshot));
    }

    private static @Nullable ApprovalImage image(@Nullable ApprovalRow row) {
        return row == null ? null : ApprovalImage.of(row);
    }

    private void routeFeedback(Change change, Context context) {
        long time = change.position().timeMicros();
        if (change.truncate()) {
            context.output(FEEDBACK, new FeedbackChange(ALL, time, true, null, null));
            for (String key : truncateKeys) {
                context.output(ANNOTATORS, new FeedbackChange(key, time, true, null, null));
                context.output(HISTORY, HistoryChange.ofFeedback(change, key, null, null));
            }
            return;
        }
        FeedbackRow before = change.feedbackBefore();
        FeedbackRow after = change.feedbackAfter();
        if (before == null && after == null) {
            return;
        }
        FeedbackEvent eventBefore = event(before);
        FeedbackEvent eventAfter = event(after);
        context.output(FEEDBACK, new FeedbackChange(ALL, time, false, eventBefore, eventAfter));
        context.output(HISTORY, HistoryChange.ofFeedback(change, TRAINING_HISTORY, eventBefore, eventAfter));
        String annotatorBefore = before == null ? null : before.annotator();
        String annotatorAfter = after == null ? null : after.annotator();
        if (annotatorBefore != null && annotatorBefore.equals(annotatorAfter)) {
            context.output(ANNOTATORS, new FeedbackChange(annotatorBefore, time, false, scores(before), scores(after)));
            return;
        }
        if (annotatorBefore != null) {
            context.output(ANNOTATORS, new FeedbackChange(annotatorBefore, time, false, scores(before), null));
        }
        if (annotatorAfter != null) {
            context.output(ANNOTATORS, new FeedbackChange(annotatorAfter, time, false, null, scores(after)));
        }
    }

    private static @Nullable FeedbackEvent event(@Nullable FeedbackRow row) {
        return row == null ? null : row.event();
    }

    private static @Nullable FeedbackEvent scores(@Nullable FeedbackRow row) {
        return row == null
                ? null
                : new FeedbackEvent(
                        row.createdAtMicros(),
                        row.safeToSend(),
                        NO_LABELS,
                        row.clarity(),
                        row.accuracy(),
                        row.tone(),
                        null);
    }
}
