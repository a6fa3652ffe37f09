package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A row of {@code approval_activity}. */
public record ApprovalActivityRow(WindowEdges window, Figures figures) {

    /** What is counted and measured in the window. */
    public record Figures(
            long requestedCount,
            long approvedCount,
            long rejectedCount,
            long expiredCount,
            long decidedCount,
            @Nullable BigDecimal approvalRatePct,
            @Nullable BigDecimal avgResolutionSeconds,
            @Nullable BigDecimal p50ResolutionSeconds,
            @Nullable BigDecimal p95ResolutionSeconds,
            long withinSlaCount,
            @Nullable BigDecimal slaCompliancePct) {}
}
