package dev.agentpulse.job.model;

import dev.agentpulse.udf.aggregate.QueryTotals;

/**
 * The additive parts of a bucket, or a difference of them.
 *
 * @param latencyCount how many queries have a latency
 * @param latencyValues the latencies, ascending; those beyond ten seconds as the upper ends of their bins
 * @param latencyCounts how often each of them was counted; none is zero
 * @param purgedRows rows that were removed from the table and stay in the figures
 */
@SuppressWarnings("ArrayRecordComponent") // Flink has a serializer for arrays of int and none for lists.
public record HistoryParts(
        long queryCount,
        long latencyCount,
        long latencySumMs,
        int[] latencyValues,
        int[] latencyCounts,
        long approvedCount,
        long rejectedCount,
        long humanEditedCount,
        long purgedRows) {

    public static HistoryParts of(QueryTotals totals) {
        int[] counts = totals.latencyCounts();
        long latencyCount = 0;
        for (int count : counts) {
            latencyCount += count;
        }
        return new HistoryParts(
                totals.queryCount(),
                latencyCount,
                totals.latencySum(),
                totals.latencyValues(),
                counts,
                totals.approvedCount(),
                totals.rejectedCount(),
                totals.editedCount(),
                totals.purgedCount());
    }
}
