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
        return of(Kind.PERFORMANCE, row);
    }

    public static TickRecord of(AgentHealthRow row) {
        return of(Kind.HEALTH, row);
    }

    public static TickRecord of(ApprovalQueueRow row) {
        return of(Kind.QUEUE, row);
    }

    public static TickRecord of(ApprovalActivityRow row) {
        return of(Kind.ACTIVITY, row);
    }

    public static TickRecord of(TrainingQualityRow row) {
        return of(Kind.QUALITY, row);
    }

    public static TickRecord of(AnnotatorActivityRow row) {
        return of(Kind.ANNOTATOR, row);
    }

    public static TickRecord of(AlertChange alert) {
        return of(Kind.ALERT, alert);
    }

    public static TickRecord of(ChannelMessage message) {
        return of(Kind.MESSAGE, message);
    }

    public static TickRecord of(TickProgress progress) {
        return of(Kind.PROGRESS, progress);
    }

    /** How many before images were to be taken out of figures that did not hold them; above zero it is a defect. */
    public static TickRecord ofUnmatchedRetractions(long count) {
        return of(Kind.UNMATCHED_RETRACTIONS, count);
    }

    /** How far a transaction is that is not complete; of no tick. */
    public static TickRecord of(TransactionProgress transaction) {
        return of(Kind.TRANSACTION, transaction);
    }

    public static TickRecord of(HistoryRow row) {
        return of(Kind.HISTORY, row);
    }

    public static TickRecord of(HistoryCorrection change) {
        return of(Kind.HISTORY_CHANGE, change);
    }

    public static TickRecord of(OutlookRow row) {
        return of(Kind.OUTLOOK, row);
    }

    private static TickRecord of(Kind kind, Object content) {
        return new TickRecord(
                kind,
                as(AgentPerformanceRow.class, content),
                as(AgentHealthRow.class, content),
                as(ApprovalQueueRow.class, content),
                as(ApprovalActivityRow.class, content),
                as(TrainingQualityRow.class, content),
                as(AnnotatorActivityRow.class, content),
                as(AlertChange.class, content),
                as(ChannelMessage.class, content),
                as(TickProgress.class, content),
                as(Long.class, content),
                as(TransactionProgress.class, content),
                as(HistoryRow.class, content),
                as(HistoryCorrection.class, content),
                as(OutlookRow.class, content));
    }

    /** The content, where it is of the component's type. */
    private static <T> @Nullable T as(Class<T> type, Object content) {
        return type.isInstance(content) ? type.cast(content) : null;
    }
}
