package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The health of an agent from {@code timeMicros} on, emitted whenever what the alert rule looks at may have changed.
 *
 * @param alarming degraded, with enough queries in the minute to mean it
 * @param averageLatencyMs average latency of the minute, null where there is none
 */
public record HealthChange(
        String agent,
        long timeMicros,
        boolean degraded,
        boolean alarming,
        @Nullable BigDecimal averageLatencyMs,
        long queryCount) {}
