package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A row of {@code approval_queue}. */
public record ApprovalQueueRow(
        String queue,
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
        @Nullable Long oldestPendingCreatedAtMicros,
        long asOfMicros) {}
