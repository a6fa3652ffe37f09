package dev.agentpulse.udf.table;

import dev.agentpulse.udf.aggregate.LatencyHistogram;
import dev.agentpulse.udf.aggregate.QueryWindow;
import java.util.OptionalLong;
import org.apache.flink.table.functions.AggregateFunction;
import org.jspecify.annotations.Nullable;

/**
 * {@code LATENCY_PERCENTILE(latency_ms, percent)}: the discrete percentile in milliseconds, exact up to ten seconds and
 * at most 1 % above beyond. Rows without a latency have no part in it; without any row it is null.
 */
public final class LatencyPercentileFunction extends AggregateFunction<@Nullable Integer, ValueCounts> {

    private static LatencyHistogram histogram() {
        return new LatencyHistogram(QueryWindow.EXACT_LATENCY_MS);
    }

    @Override
    public ValueCounts createAccumulator() {
        return new ValueCounts();
    }

    public void accumulate(ValueCounts counts, @Nullable Integer latencyMs, Integer percent) throws Exception {
        if (latencyMs != null) {
            counts.count(histogram(), latencyMs, percent, 1);
        }
    }

    public void retract(ValueCounts counts, @Nullable Integer latencyMs, Integer percent) throws Exception {
        if (latencyMs != null) {
            counts.count(histogram(), latencyMs, percent, -1);
        }
    }

    public void merge(ValueCounts counts, Iterable<ValueCounts> others) throws Exception {
        counts.merge(others);
    }

    @Override
    public @Nullable Integer getValue(ValueCounts counts) {
        OptionalLong value = counts.percentile(histogram());
        return value.isEmpty() ? null : Math.toIntExact(value.getAsLong());
    }
}
