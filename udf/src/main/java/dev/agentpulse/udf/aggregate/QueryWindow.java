package dev.agentpulse.udf.aggregate;

import java.math.BigDecimal;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The figures of the queries in one window. The exact maximum latency is {@link SlidingWindows#maximum}. */
public final class QueryWindow implements Window<QueryEvent, QuerySlice> {

    /** Latencies up to ten seconds have exact percentiles, greater ones within 1 %. */
    public static final int EXACT_LATENCY_MS = 10_000;

    private final int slowMs;
    private final LatencyHistogram latencies = new LatencyHistogram(EXACT_LATENCY_MS);
    private long count;
    private long latencySum;
    private long slow;
    private long approved;
    private long rejected;
    private long edited;

    /** @param slowMs a query is slow if it took longer than this */
    public QueryWindow(int slowMs) {
        this.slowMs = slowMs;
    }

    @Override
    public void add(QueryEvent event) {
        countEvent(event, 1);
        if (event.latencyMs() != null) {
            countLatency(event.latencyMs(), 1, 1);
        }
    }

    @Override
    public void retract(QueryEvent event) {
        countEvent(event, -1);
        if (event.latencyMs() != null) {
            countLatency(event.latencyMs(), 1, -1);
        }
    }

    @Override
    public void combine(QuerySlice slice) {
        countSlice(slice.rows(), 1);
    }

    @Override
    public void invert(QuerySlice slice) {
        countSlice(slice.rows(), -1);
    }

    private void countEvent(QueryEvent event, int sign) {
        count += sign;
        Boolean review = event.approved();
        if (review != null && review) {
            approved += sign;
        } else if (review != null) {
            rejected += sign;
        }
        if (event.humanEdited()) {
            edited += sign;
        }
    }

    private void countSlice(QuerySlice.Rows rows, int sign) {
        count += (long) sign * rows.arrivals.total();
        approved += (long) sign * rows.approved;
        rejected += (long) sign * rows.rejected;
        edited += (long) sign * rows.edited;
        rows.latencies.forEach((latencyMs, times) -> countLatency(latencyMs, times, sign));
    }

    private void countLatency(long latencyMs, int times, int sign) {
        latencySum += sign * latencyMs * times;
        if (latencyMs > slowMs) {
            slow += (long) sign * times;
        }
        if (sign > 0) {
            latencies.add(latencyMs, times);
        } else {
            latencies.remove(latencyMs, times);
        }
    }

    @Override
    public boolean isEmpty() {
        return count == 0;
    }

    public long count() {
        return count;
    }

    /** How many queries have a latency. */
    public long latencyCount() {
        return latencies.total();
    }

    public long latencySum() {
        return latencySum;
    }

    public long slowCount() {
        return slow;
    }

    public long approvedCount() {
        return approved;
    }

    public long rejectedCount() {
        return rejected;
    }

    public long unreviewedCount() {
        return count - approved - rejected;
    }

    public long editedCount() {
        return edited;
    }

    /**
     * A latency percentile in milliseconds, {@code percent} in 1..100; null if no query has a latency. Above
     * {@link #EXACT_LATENCY_MS} it may lie a little above the exact maximum: whoever shows both takes the smaller.
     */
    public @Nullable Integer percentile(int percent) {
        OptionalLong value = latencies.percentile(percent);
        return value.isEmpty() ? null : Math.toIntExact(value.getAsLong());
    }

    /** Average latency in milliseconds, null if no query has one. */
    public @Nullable BigDecimal averageLatency() {
        return Rounding.average(latencySum, latencyCount());
    }

    /** Approved of all reviewed, in percent; null if none was reviewed. */
    public @Nullable BigDecimal approvalRate() {
        return Rounding.percent(approved, approved + rejected);
    }

    /** Edited of all queries, in percent; null if there are none. */
    public @Nullable BigDecimal editRate() {
        return Rounding.percent(edited, count);
    }

    public @Nullable BigDecimal qualityScore() {
        return new QualityScore(count, latencyCount(), latencySum, approved, rejected, edited).value();
    }

    public HealthStatus health() {
        return HealthStatus.of(count, latencyCount(), latencySum);
    }
}
