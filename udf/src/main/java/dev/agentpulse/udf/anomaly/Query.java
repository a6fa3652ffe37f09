package dev.agentpulse.udf.anomaly;

import org.jspecify.annotations.Nullable;

/**
 * What the detectors need of a row of {@code agent_queries}.
 *
 * @param timeMicros {@code created_at}
 * @param latencyMs null if the row has none
 * @param approved null if the answer was not reviewed
 */
public record Query(
        long timeMicros,
        @Nullable Integer latencyMs,
        @Nullable Boolean approved,
        boolean edited) {}
