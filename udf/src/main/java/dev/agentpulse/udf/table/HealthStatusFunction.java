package dev.agentpulse.udf.table;

import dev.agentpulse.udf.aggregate.HealthStatus;
import org.apache.flink.table.functions.ScalarFunction;
import org.jspecify.annotations.Nullable;

/**
 * {@code HEALTH_STATUS(query_count, latency_count, latency_sum)}: idle, healthy, warning or degraded, by the exact
 * average. It takes sum and count because the average of an integer column is an integer in Flink SQL.
 */
public final class HealthStatusFunction extends ScalarFunction {

    public String eval(@Nullable Long queryCount, @Nullable Long latencyCount, @Nullable Long latencySum) {
        return HealthStatus.of(orZero(queryCount), orZero(latencyCount), orZero(latencySum))
                .text();
    }

    private static long orZero(@Nullable Long number) {
        return number == null ? 0 : number;
    }
}
