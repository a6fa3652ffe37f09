package dev.agentpulse.udf.aggregate;

import java.util.Locale;

/** How an agent is doing, judged by its average latency in the shortest window. */
public enum HealthStatus {
    /** No query at all. */
    IDLE,
    HEALTHY,
    /** Average above 100 ms. */
    WARNING,
    /** Average above 200 ms. */
    DEGRADED;

    public static final int WARNING_ABOVE_MS = 100;
    public static final int DEGRADED_ABOVE_MS = 200;

    /** Compares the exact average. Queries without any latency are healthy. */
    public static HealthStatus of(long queries, long latencyCount, long latencySum) {
        return of(queries, latencyCount, latencySum, WARNING_ABOVE_MS, DEGRADED_ABOVE_MS);
    }

    /** The same with other thresholds, in milliseconds. */
    public static HealthStatus of(
            long queries, long latencyCount, long latencySum, long warningAboveMs, long degradedAboveMs) {
        if (queries == 0) {
            return IDLE;
        }
        if (latencySum > degradedAboveMs * latencyCount) {
            return DEGRADED;
        }
        return latencySum > warningAboveMs * latencyCount ? WARNING : HEALTHY;
    }

    /** The name as it is written to tables. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
