package dev.agentpulse.job.alert;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * An agent's open alert. Cleared when it is resolved.
 *
 * @param averageLatencyMs average latency when it opened
 * @param calmSinceMicros since when the agent is no longer degraded; null while it is
 * @param calmLatencyMs average latency with which the calm began; null while the agent is degraded, and where the minute
 *     had no latency any more
 */
public record DegradedIncident(
        long openedAtMicros,
        boolean critical,
        @Nullable BigDecimal averageLatencyMs,
        @Nullable Long calmSinceMicros,
        @Nullable BigDecimal calmLatencyMs) {

    /** Degraded again, or for the first time. */
    DegradedIncident degraded() {
        return new DegradedIncident(openedAtMicros, critical, averageLatencyMs, null, null);
    }

    DegradedIncident calm(long sinceMicros, @Nullable BigDecimal latencyMs) {
        return new DegradedIncident(openedAtMicros, critical, averageLatencyMs, sinceMicros, latencyMs);
    }

    DegradedIncident turnedCritical() {
        return new DegradedIncident(openedAtMicros, true, averageLatencyMs, calmSinceMicros, calmLatencyMs);
    }
}
