package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.ApprovalQueueRow;
import java.util.List;

/** Rows of {@code approval_queue}. */
final class ApprovalQueueUpsertStatement extends UpsertStatement<ApprovalQueueRow> {

    ApprovalQueueUpsertStatement() {
        super(
                "agentpulse.approval_queue",
                1,
                List.of(
                        Column.text("queue", ApprovalQueueRow::queue),
                        Column.bigint("pending_count", ApprovalQueueRow::pendingCount),
                        Column.bigint("sla_breach_count", ApprovalQueueRow::slaBreachCount),
                        Column.numeric("sla_breach_pct", ApprovalQueueRow::slaBreachPct),
                        Column.numeric("avg_pending_age_seconds", ApprovalQueueRow::avgPendingAgeSeconds),
                        Column.numeric("min_pending_age_seconds", ApprovalQueueRow::minPendingAgeSeconds),
                        Column.numeric("max_pending_age_seconds", ApprovalQueueRow::maxPendingAgeSeconds),
                        Column.bigint("pending_under_1m", ApprovalQueueRow::pendingUnder1m),
                        Column.bigint("pending_1m_to_5m", ApprovalQueueRow::pending1mTo5m),
                        Column.bigint("pending_5m_to_15m", ApprovalQueueRow::pending5mTo15m),
                        Column.bigint("pending_over_15m", ApprovalQueueRow::pendingOver15m),
                        Column.text("oldest_pending_id", ApprovalQueueRow::oldestPendingId),
                        Column.text("oldest_pending_conversation_id", ApprovalQueueRow::oldestPendingConversationId),
                        Column.time("oldest_pending_created_at", ApprovalQueueRow::oldestPendingCreatedAtMicros),
                        Column.time("as_of", ApprovalQueueRow::asOfMicros)));
    }
}
