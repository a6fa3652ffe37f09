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
                        Column.bigint("pending_count", row -> row.figures().pendingCount()),
                        Column.bigint("sla_breach_count", row -> row.figures().slaBreachCount()),
                        Column.numeric("sla_breach_pct", row -> row.figures().slaBreachPct()),
                        Column.numeric(
                                "avg_pending_age_seconds", row -> row.figures().avgPendingAgeSeconds()),
                        Column.numeric(
                                "min_pending_age_seconds", row -> row.figures().minPendingAgeSeconds()),
                        Column.numeric(
                                "max_pending_age_seconds", row -> row.figures().maxPendingAgeSeconds()),
                        Column.bigint("pending_under_1m", row -> row.figures().pendingUnder1m()),
                        Column.bigint("pending_1m_to_5m", row -> row.figures().pending1mTo5m()),
                        Column.bigint("pending_5m_to_15m", row -> row.figures().pending5mTo15m()),
                        Column.bigint("pending_over_15m", row -> row.figures().pendingOver15m()),
                        Column.text("oldest_pending_id", row -> row.figures().oldestPendingId()),
                        Column.text("oldest_pending_conversation_id", row -> row.figures()
                                .oldestPendingConversationId()),
                        Column.time("oldest_pending_created_at", row -> row.figures()
                                .oldestPendingCreatedAtMicros()),
                        Column.time("as_of", ApprovalQueueRow::asOfMicros)));
    }
}
