package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.ApprovalActivityRow;
import java.util.List;

/** Rows of {@code approval_activity}. */
final class ApprovalActivityUpsertStatement extends UpsertStatement<ApprovalActivityRow> {

    ApprovalActivityUpsertStatement() {
        super(
                "agentpulse.approval_activity",
                1,
                List.of(
                        Column.text("window_name", row -> row.window().name()),
                        Column.time("window_start", row -> row.window().startMicros()),
                        Column.time("window_end", row -> row.window().endMicros()),
                        Column.bigint("requested_count", row -> row.figures().requestedCount()),
                        Column.bigint("approved_count", row -> row.figures().approvedCount()),
                        Column.bigint("rejected_count", row -> row.figures().rejectedCount()),
                        Column.bigint("expired_count", row -> row.figures().expiredCount()),
                        Column.bigint("decided_count", row -> row.figures().decidedCount()),
                        Column.numeric("approval_rate_pct", row -> row.figures().approvalRatePct()),
                        Column.numeric(
                                "avg_resolution_seconds", row -> row.figures().avgResolutionSeconds()),
                        Column.numeric(
                                "p50_resolution_seconds", row -> row.figures().p50ResolutionSeconds()),
                        Column.numeric(
                                "p95_resolution_seconds", row -> row.figures().p95ResolutionSeconds()),
                        Column.bigint("within_sla_count", row -> row.figures().withinSlaCount()),
                        Column.numeric(
                                "sla_compliance_pct", row -> row.figures().slaCompliancePct())));
    }
}
