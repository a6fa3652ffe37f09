package dev.agentpulse.job.model;

import dev.agentpulse.udf.aggregate.FeedbackEvent;
import dev.agentpulse.udf.aggregate.QueryEvent;
import org.jspecify.annotations.Nullable;

/**
 * A change as history sees it. Only the images of its table are ever set; a query that moves from one agent to another is a
 * removal for the first and an addition for the second.
 *
 * @param key see {@link HistoryTable#key}; of a TRUNCATE, any
 * @param ordinal see {@link LogPosition#ordinal}
 * @param transactionId see {@link LogPosition#transactionId}
 * @param snapshot whether it is part of a snapshot
 * @param deleted whether the row is gone from its table, and not only from this agent
 */
public record HistoryChange(
        HistoryTable table,
        String key,
        long timeMicros,
        int ordinal,
        int transactionId,
        boolean snapshot,
        boolean truncate,
        boolean deleted,
        @Nullable QueryEvent queryBefore,
        @Nullable QueryEvent queryAfter,
        @Nullable ApprovalImage approvalBefore,
        @Nullable ApprovalImage approvalAfter,
        @Nullable FeedbackEvent feedbackBefore,
        @Nullable FeedbackEvent feedbackAfter)
        implements KeyedChange {

    /** A change of an agent's queries; a TRUNCATE has neither image. */
    public static HistoryChange ofQuery(
            Change change, String key, @Nullable QueryEvent before, @Nullable QueryEvent after) {
        return of(HistoryTable.AGENTS, change, key, before, after, null, null, null, null);
    }

    /** A change of queries as the windows see it. */
    public QueryChange ofAgent() {
        return new QueryChange(key, timeMicros, truncate, queryBefore, queryAfter);
    }

    public static HistoryChange ofApproval(
            Change change, String key, @Nullable ApprovalImage before, @Nullable ApprovalImage after) {
        return of(HistoryTable.APPROVALS, change, key, null, null, before, after, null, null);
    }

    public static HistoryChange ofFeedback(
            Change change, String key, @Nullable FeedbackEvent before, @Nullable FeedbackEvent after) {
        return of(HistoryTable.TRAINING, change, key, null, null, null, null, before, after);
    }

    private static HistoryChange of(
            HistoryTable table,
            Change change,
            String key,
            @Nullable QueryEvent queryBefore,
            @Nullable QueryEvent queryAfter,
            @Nullable ApprovalImage approvalBefore,
            @Nullable ApprovalImage approvalAfter,
            @Nullable FeedbackEvent feedbackBefore,
            @Nullable FeedbackEvent feedbackAfter) {
        return new HistoryChange(
                table,
                key,
                change.position().timeMicros(),
                change.position().ordinal(),
                change.position().transactionId(),
                change.phase() == ReadPhase.SNAPSHOT,
                change.truncate(),
                // A row that has become unusable is no deleted one.
                !change.truncate() && !change.hasAfter() && change.rejection() == null,
                queryBefore,
                queryAfter,
                approvalBefore,
                approvalAfter,
                feedbackBefore,
                feedbackAfter);
    }
}
