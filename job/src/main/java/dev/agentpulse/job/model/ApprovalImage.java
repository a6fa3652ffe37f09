package dev.agentpulse.job.model;

import org.jspecify.annotations.Nullable;

/**
 * What the queue needs of a row of {@code agent_approvals}.
 *
 * @param conversationId of a pending row; null once it is decided
 * @param decidedAtMicros event time of the decision; 0 while the row is pending
 */
public record ApprovalImage(
        String id, @Nullable String conversationId, ApprovalStatus status, long createdAtMicros, long decidedAtMicros) {

    public static ApprovalImage of(ApprovalRow row) {
        Long updatedAt = row.updatedAtMicros();
        return row.isPending() || updatedAt == null
                ? new ApprovalImage(row.id(), row.conversationId(), ApprovalStatus.PENDING, row.createdAtMicros(), 0)
                : new ApprovalImage(row.id(), null, row.status(), row.createdAtMicros(), updatedAt);
    }

    public boolean isPending() {
        return status == ApprovalStatus.PENDING;
    }
}
