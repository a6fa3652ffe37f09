package dev.agentpulse.udf.aggregate;

import java.util.List;

/**
 * What a query adds to history. The distribution is of latencies in milliseconds, as {@link LatencyHistogram} reports them: a
 * value up to ten seconds as it is, a greater one as the upper end of its bin. So there are some 12,000 entries at most, and
 * a percentile read from them is the one that the windows show.
 */
public record QueryHistory(QueryEvent event) implements HistoryEvent {

    /** The counts, in their order. */
    public static final List<String> COUNTS = List.of(
            "query_count", "latency_count", "latency_sum_ms", "approved_count", "rejected_count", "human_edited_count");

    /** Only asked how it reports a value. */
    private static final LatencyHistogram SCALE = new LatencyHistogram(QueryWindow.EXACT_LATENCY_MS);

    @Override
    public long timeMicros() {
        return event.timeMicros();
    }

    @Override
    public void addTo(HistoryTotals totals, int sign) {
        totals.count(0, sign);
        Integer latency = event.latencyMs();
        if (latency != null) {
            totals.count(1, sign);
            totals.count(2, (long) sign * latency);
            totals.value(Math.toIntExact(SCALE.reported(latency)), sign);
        }
        Boolean approved = event.approved();
        if (approved != null) {
            totals.count(approved ? 3 : 4, sign);
        }
        if (event.humanEdited()) {
            totals.count(5, sign);
        }
    }
}
