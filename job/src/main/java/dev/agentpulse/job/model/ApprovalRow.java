package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/**
 * A usable row of {@code agent_approvals}.
 *
 * @param updatedAtMicros event time of the decision; never null once the row is decided
 */
public record ApprovalRow(
        String id,
        @Nullable String conversationId,
        ApprovalStatus status,
        @Nullable String approvedBy,
        long createdAtMicros,
        @Nullable Long updatedAtMicros) {

    public boolean isPending() {
        return status == ApprovalStatus.PENDING;
    }
}
