package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A row of {@code agent_performance}. */
public record AgentPerformanceRow(
        String agent,
        String windowName,
        long windowStartMicros,
        long windowEndMicros,
        long queryCount,
        @Nullable BigDecimal avgLatencyMs,
        @Nullable Integer maxLatencyMs,
        @Nullable Integer p50LatencyMs,
        @Nullable Integer p95LatencyMs,
        @Nullable Integer p99LatencyMs,
        long slowQueryCount,
        long approvedCount,
        long rejectedCount,
        long unreviewedCount,
        @Nullable BigDecimal approvalRatePct,
        long humanEditedCount,
        @Nullable BigDecimal humanEditRatePct,
        @Nullable BigDecimal qualityScore) {

    /** Whether only the window's edges differ. */
    public boolean sameFigures(@Nullable AgentPerformanceRow other) {
        return other != null && equals(other.movedTo(windowStartMicros, windowEndMicros));
    }

    private AgentPerformanceRow movedTo(long startMicros, long endMicros) {
        return new AgentPerformanceRow(
                agent,
                windowName,
                startMicros,
                endMicros,
                queryCount,
                avgLatencyMs,
                maxLatencyMs,
                p50LatencyMs,
                p95LatencyMs,
                p99LatencyMs,
                slowQueryCount,
                approvedCount,
                rejectedCount,
                unreviewedCount,
                approvalRatePct,
                humanEditedCount,
                humanEditRatePct,
                qualityScore);
    }
}
