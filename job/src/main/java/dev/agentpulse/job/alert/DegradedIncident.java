package dev.agentpulse.job.alert;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * An agent's open alert. Cleared when it is resolved.
 *
 * @param averageLatencyMs average latency when it opened
 * @param calmSinceMicros since when the agent is no longer degraded; null while it is
 */
public record DegradedIncident(
        long openedAtMicros,
        boolean critical,
        @Nullable BigDecimal averageLatencyMs,
        @Nullable Long calmSinceMicros) {}
