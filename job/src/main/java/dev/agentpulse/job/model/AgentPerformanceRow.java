package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A row of {@code agent_performance}. */
public record AgentPerformanceRow(String agent, WindowEdges window, Figures figures) {

    /** What is counted and measured in the window. */
    public record Figures(
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
            @Nullable BigDecimal qualityScore) {}
}
