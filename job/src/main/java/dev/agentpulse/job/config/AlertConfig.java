package dev.agentpulse.job.config;

import java.io.Serializable;

/** Thresholds of health and of the alert rules; times in microseconds, latencies in milliseconds. */
public record AlertConfig(
        int slowQueryMs,
        int slowQueryWarningMs,
        int slowQueryCriticalMs,
        int slowQueryLimitPerSecond,
        int healthWarningMs,
        int healthDegradedMs,
        int degradedMinQueries,
        long degradedCriticalAfterMicros,
        long degradedResolveAfterMicros,
        long slaThresholdMicros,
        long slaWarningMicros,
        long slaCriticalMicros)
        implements Serializable {

    public AlertConfig {
        requireAscending(JobOptions.SLOW_QUERY_WARNING_MS.key(), slowQueryMs, slowQueryWarningMs);
        requireAscending(JobOptions.SLOW_QUERY_CRITICAL_MS.key(), slowQueryWarningMs, slowQueryCriticalMs);
        requireAscending(JobOptions.HEALTH_DEGRADED_MS.key(), healthWarningMs, healthDegradedMs);
        requireAscending(JobOptions.SLA_WARNING.key() + " (microseconds)", slaThresholdMicros, slaWarningMicros);
        requireAscending(JobOptions.SLA_CRITICAL.key() + " (microseconds)", slaWarningMicros, slaCriticalMicros);
        if (slaThresholdMicros <= 0) {
            throw new IllegalArgumentException(
                    JobOptions.SLA_THRESHOLD.key() + " must be positive, but is " + slaThresholdMicros + " µs");
        }
    }

    private static void requireAscending(String key, long lower, long upper) {
        if (upper < lower) {
            throw new IllegalArgumentException(key + " is " + upper + ", below the milder step's " + lower);
        }
    }
}
