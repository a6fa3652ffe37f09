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
                        Column.text("window_name", ApprovalActivityRow::windowName),
                        Column.time("window_start", ApprovalActivityRow::windowStartMicros),
                        Column.time("window_end", ApprovalActivityRow::windowEndMicros),
                        Column.bigint("requested_count", ApprovalActivityRow::requestedCount),
                        Column.bigint("approved_count", ApprovalActivityRow::approvedCount),
                        Column.bigint("rejected_count", ApprovalActivityRow::rejectedCount),
                        Column.bigint("expired_count", ApprovalActivityRow::expiredCount),
                        Column.bigint("decided_count", ApprovalActivityRow::decidedCount),
                        Column.numeric("approval_rate_pct", ApprovalActivityRow::approvalRatePct),
                        Column.numeric("avg_resolution_seconds", ApprovalActivityRow::avgResolutionSeconds),
                        Column.numeric("p50_resolution_seconds", ApprovalActivityRow::p50ResolutionSeconds),
                        Column.numeric("p95_resolution_seconds", ApprovalActivityRow::p95ResolutionSeconds),
                        Column.bigint("within_sla_count", ApprovalActivityRow::withinSlaCount),
                        Column.numeric("sla_compliance_pct", ApprovalActivityRow::slaCompliancePct)));
    }
}
