package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/**
 * One change of one source table: what the row was before, and what it is after. An image that is absent or unusable is
 * null, so an update from an unusable row to a usable one looks like an insert.
 *
 * <p>One record for all three tables, with the table as its tag, because Flink serializes records and not sealed
 * interfaces. Only the images of that table are ever set.
 *
 * @param truncate the whole table was emptied; both images are null
 * @param rejection the ledger's entry for this change, if it has one
 */
public record Change(
        SourceTable table,
        ReadPhase phase,
        LogPosition position,
        boolean truncate,
        @Nullable QueryRow queryBefore,
        @Nullable QueryRow queryAfter,
        @Nullable ApprovalRow approvalBefore,
        @Nullable ApprovalRow approvalAfter,
        @Nullable FeedbackRow feedbackBefore,
        @Nullable FeedbackRow feedbackAfter,
        @Nullable Rejection rejection) {

    /** What a deserializer knows; {@link #at} adds where the change stands. */
    private static final LogPosition NOWHERE = LogPosition.ofTime(Long.MIN_VALUE);

    public static Change ofQuery(@Nullable QueryRow before, @Nullable QueryRow after, @Nullable Rejection rejection) {
        return new Change(
                SourceTable.QUERIES,
                ReadPhase.STREAM,
                NOWHERE,
                false,
                before,
                after,
                null,
                null,
                null,
                null,
                rejection);
    }

    public static Change ofApproval(
            @Nullable ApprovalRow before, @Nullable ApprovalRow after, @Nullable Rejection rejection) {
        return new Change(
                SourceTable.APPROVALS,
                ReadPhase.STREAM,
                NOWHERE,
                false,
                null,
                null,
                before,
                after,
                null,
                null,
                rejection);
    }

    public static Change ofFeedback(
            @Nullable FeedbackRow before, @Nullable FeedbackRow after, @Nullable Rejection rejection) {
        return new Change(
                SourceTable.FEEDBACK,
                ReadPhase.STREAM,
                NOWHERE,
                false,
                null,
                null,
                null,
                null,
                before,
                after,
                rejection);
    }

    public static Change ofTruncate(SourceTable table) {
        return new Change(table, ReadPhase.STREAM, NOWHERE, true, null, null, null, null, null, null, null);
    }

    /** No change: see {@link ReadPhase#CAUGHT_UP}. */
    public static Change caughtUp(LogPosition position) {
        return new Change(
                SourceTable.APPROVALS, ReadPhase.CAUGHT_UP, position, false, null, null, null, null, null, null, null);
    }

    /** A change that could not be read: there is nothing but its entry in the ledger. */
    public static Change ofRejection(Rejection rejection) {
        return new Change(
                rejection.table(), ReadPhase.STREAM, NOWHERE, false, null, null, null, null, null, null, rejection);
    }

    /** The same change, placed in the log. */
    public Change at(ReadPhase phase, LogPosition position) {
        return new Change(
                table,
                phase,
                position,
                truncate,
                queryBefore,
                queryAfter,
                approvalBefore,
                approvalAfter,
                feedbackBefore,
                feedbackAfter,
                rejection);
    }

    /** Neither image is usable: the change matters to the ledger only. */
    public boolean isEmpty() {
        return !truncate && !hasBefore() && !hasAfter();
    }

    public boolean hasBefore() {
        return queryBefore != null || approvalBefore != null || feedbackBefore != null;
    }

    public boolean hasAfter() {
        return queryAfter != null || approvalAfter != null || feedbackAfter != null;
    }

    /** Whether the row has another id now than it had before. */
    public boolean changesId() {
        return switch (table) {
            case QUERIES ->
                queryBefore != null && queryAfter != null && !queryBefore.id().equals(queryAfter.id());
            case APPROVALS ->
                approvalBefore != null
                        && approvalAfter != null
                        && !approvalBefore.id().equals(approvalAfter.id());
            case FEEDBACK ->
                feedbackBefore != null
                        && feedbackAfter != null
                        && !feedbackBefore.id().equals(feedbackAfter.id());
        };
    }

    /** Event time of the after image; {@link Long#MIN_VALUE} where there is none. */
    public long createdAtMicros() {
        if (queryAfter != null) {
            return queryAfter.createdAtMicros();
        }
        if (approvalAfter != null) {
            return approvalAfter.createdAtMicros();
        }
        return feedbackAfter != null ? feedbackAfter.createdAtMicros() : Long.MIN_VALUE;
    }

    /** The row's id, the same before and after (a change of the key arrives as a delete and an insert). */
    public String rowId() {
        return switch (table) {
            case QUERIES -> queryAfter != null ? queryAfter.id() : queryBefore != null ? queryBefore.id() : "";
            case APPROVALS ->
                approvalAfter != null ? approvalAfter.id() : approvalBefore != null ? approvalBefore.id() : "";
            case FEEDBACK ->
                feedbackAfter != null ? feedbackAfter.id() : feedbackBefore != null ? feedbackBefore.id() : "";
        };
    }
}
