package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/**
 * Anything that a tick writes, tagged by its kind; exactly the component of that kind is set. One record for all,
 * because the tick writer needs one input to keep one transaction.
 */
public record TickRecord(
        Kind kind,
        @Nullable AgentPerformanceRow performance,
        @Nullable AgentHealthRow health,
        @Nullable ApprovalQueueRow queue,
        @Nullable ApprovalActivityRow activity,
        @Nullable TrainingQualityRow quality,
        @Nullable AnnotatorActivityRow annotator,
        @Nullable AlertChange alert,
        @Nullable ChannelMessage message,
        @Nullable TickProgress progress,
        @Nullable Long unmatchedRetractions,
        @Nullable TransactionProgress transaction,
        @Nullable HistoryRow history,
        @Nullable HistoryCorrection historyChange,
        @Nullable OutlookRow outlook) {

    /** Which component is set. */
    public enum Kind {
        PERFORMANCE,
        HEALTH,
        QUEUE,
        ACTIVITY,
        QUALITY,
        ANNOTATOR,
        ALERT,
        MESSAGE,
        PROGRESS,
        UNMATCHED_RETRACTIONS,
        TRANSACTION,
        HISTORY,
        HISTORY_CHANGE,
        OUTLOOK
    }

    public static TickRecord of(AgentPerformanceRow row) {
        return new TickRecord(
                Kind.PERFORMANCE, row, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    public static TickRecord of(AgentHealthRow row) {
        return new TickRecord(
                Kind.HEALTH, null, row, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    public static TickRecord of(ApprovalQueueRow row) {
        return new TickRecord(
                Kind.QUEUE, null, null, row, null, null, null, null, null, null, null, null, null, null, null);
    }

    public static TickRecord of(ApprovalActivityRow row) {
        return new TickRecord(
                Kind.ACTIVITY, null, null, null, row, null, null, null, null, null, null, null, null, null, null);
    }

    public static TickRecord of(TrainingQualityRow row) {
        return new TickRecord(
                Kind.QUALITY, null, null, null, null, row, null, null, null, null, null, null, null, null, null);
    }

    public static TickRecord of(AnnotatorActivityRow row) {
        return new TickRecord(
                Kind.ANNOTATOR, null, null, null, null, null, row, null, null, null, null, null, null, null, null);
    }

    public static TickRecord of(AlertChange alert) {
        return new TickRecord(
                Kind.ALERT, null, null, null, null, null, null, alert, null, null, null, null, null, null, null);
    }

    public static TickRecord of(ChannelMessage message) {
        return new TickRecord(
                Kind.MESSAGE, null, null, null, null, null, null, null, message, null, null, null, null, null, null);
    }

    public static TickRecord of(TickProgress progress) {
        return new TickRecord(
                Kind.PROGRESS, null, null, null, null, null, null, null, null, progress, null, null, null, null, null);
    }

    /** How many before images were to be taken out of figures that did not hold them; above zero it is a defect. */
    public static TickRecord ofUnmatchedRetractions(long count) {
        return new TickRecord(
                Kind.UNMATCHED_RETRACTIONS,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                count,
                null,
                null,
                null,
                null);
    }

    /** How far a transaction is that is not complete; of no tick. */
    public static TickRecord of(TransactionProgress transaction) {
        return new TickRecord(
                Kind.TRANSACTION,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                transaction,
                null,
                null,
                null);
    }

    public static TickRecord of(HistoryRow row) {
        return new TickRecord(
                Kind.HISTORY, null, null, null, null, null, null, null, null, null, null, null, row, null, null);
    }

    public static TickRecord of(HistoryCorrection change) {
        return new TickRecord(
                Kind.HISTORY_CHANGE,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                change,
                null);
    }

    public static TickRecord of(OutlookRow row) {
        return new TickRecord(
                Kind.OUTLOOK, null, null, null, null, null, null, null, null, null, null, null, null, null, row);
    }
}
