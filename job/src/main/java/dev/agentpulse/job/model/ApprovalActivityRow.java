package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A row of {@code approval_activity}. */
public record ApprovalActivityRow(
        String windowName,
        long windowStartMicros,
        long windowEndMicros,
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
        @Nullable BigDecimal slaCompliancePct) {

    /** Whether only the window's edges differ. */
    public boolean sameFigures(@Nullable ApprovalActivityRow other) {
        return other != null
                && equals(new ApprovalActivityRow(
                        other.windowName,
                        windowStartMicros,
                        windowEndMicros,
                        other.requestedCount,
                        other.approvedCount,
                        other.rejectedCount,
                        other.expiredCount,
                        other.decidedCount,
                        other.approvalRatePct,
                        other.avgResolutionSeconds,
                        other.p50ResolutionSeconds,
                        other.p95ResolutionSeconds,
                        other.withinSlaCount,
                        other.slaCompliancePct));
    }
}
