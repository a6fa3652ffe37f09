package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A row of {@code approval_queue}. */
public record ApprovalQueueRow(String queue, Figures figures, long asOfMicros) {

    /** The queue that all approvals are in. */
    public static final String ALL = "all";

    /** What is counted and measured as of {@link #asOfMicros}. */
    public record Figures(
            long pendingCount,
            long slaBreachCount,
            @Nullable BigDecimal slaBreachPct,
            @Nullable BigDecimal avgPendingAgeSeconds,
            @Nullable BigDecimal minPendingAgeSeconds,
            @Nullable BigDecimal maxPendingAgeSeconds,
            long pendingUnder1m,
            long pending1mTo5m,
            long pending5mTo15m,
            long pendingOver15m,
            @Nullable String oldestPendingId,
            @Nullable String oldestPendingConversationId,
            @Nullable Long oldestPendingCreatedAtMicros) {}
}
