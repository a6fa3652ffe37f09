package dev.agentpulse.job.model;

/**
 * A row of {@code agent_performance_history} as a whole. It holds every change of its queries up to {@code asOfMicros}, or,
 * of a bucket that has ended, those from before its end: what comes later is an {@link AgentHistoryChange}.
 *
 * @param asOfMicros time of the tick that the row was made for
 */
public record AgentHistoryRow(
        String agent, HistoryBucket bucket, long startMicros, long asOfMicros, HistoryParts parts) {

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
