package dev.agentpulse.job.model;

/**
 * A row of a history table as a whole. It holds every change up to {@code asOfMicros}, or, of a bucket that has ended, those
 * from before its end: what comes later is a {@link HistoryCorrection}.
 *
 * @param subject whose row it is, see {@link HistoryTable#subject}
 * @param asOfMicros time of the tick that the row was made for
 */
public record HistoryRow(
        HistoryTable table,
        String subject,
        HistoryBucket bucket,
        long startMicros,
        long asOfMicros,
        HistoryParts parts) {

    public long endMicros() {
        return startMicros + bucket.lengthMicros();
    }

    /** Whether the bucket has ended. */
    public boolean isEnded() {
        return endMicros() <= asOfMicros;
    }

    /** Every change up to this time, and none after it, is in. */
    public long completeToMicros() {
        return Math.min(endMicros(), asOfMicros);
    }
}
