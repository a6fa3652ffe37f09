package dev.agentpulse.job.model;

import dev.agentpulse.udf.aggregate.ApprovalEvent;
import dev.agentpulse.udf.aggregate.ApprovalHistory;
import dev.agentpulse.udf.aggregate.HistoryEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the queue and its outlook need of a row of {@code agent_approvals}.
 *
 * @param conversationId of a pending row; null once it is decided
 * @param decidedAtMicros event time of the decision; 0 while the row is pending
 * @param approver who decided; null while the row is pending, and where nobody did
 */
public record ApprovalImage(
        String id,
        @Nullable String conversationId,
        ApprovalStatus status,
        long createdAtMicros,
        long decidedAtMicros,
        @Nullable String approver) {

    public static ApprovalImage of(ApprovalRow row) {
        Long updatedAt = row.updatedAtMicros();
        return row.isPending() || updatedAt == null
                ? new ApprovalImage(
                        row.id(), row.conversationId(), ApprovalStatus.PENDING, row.createdAtMicros(), 0, null)
                : new ApprovalImage(row.id(), null, row.status(), row.createdAtMicros(), updatedAt, row.approvedBy());
    }

    public boolean isPending() {
        return status == ApprovalStatus.PENDING;
    }

    /** The request, by the time the row was created. */
    public ApprovalEvent requested() {
        return new ApprovalEvent(createdAtMicros, ApprovalEvent.Kind.REQUESTED, 0);
    }

    /** The decision, by the time it was made; null while the row is pending. */
    public @Nullable ApprovalEvent decided() {
        if (isPending()) {
            return null;
        }
        ApprovalEvent.Kind kind =
                switch (status) {
                    case APPROVED -> ApprovalEvent.Kind.APPROVED;
                    case REJECTED -> ApprovalEvent.Kind.REJECTED;
                    case EXPIRED -> ApprovalEvent.Kind.EXPIRED;
                    case PENDING -> throw new IllegalStateException("pending is no decision");
                };
        return new ApprovalEvent(decidedAtMicros, kind, decidedAtMicros - createdAtMicros);
    }

    /** What it adds to history: its request and, behind it, its decision. */
    public List<HistoryEvent> history() {
        HistoryEvent request = new ApprovalHistory(requested(), isPending());
        ApprovalEvent decision = decided();
        return decision == null ? List.of(request) : List.of(request, new ApprovalHistory(decision, false));
    }
}
