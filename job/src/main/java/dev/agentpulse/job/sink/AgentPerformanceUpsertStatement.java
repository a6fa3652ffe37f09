package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AgentPerformanceRow;
import java.util.List;

/** Rows of {@code agent_performance}. */
final class AgentPerformanceUpsertStatement extends UpsertStatement<AgentPerformanceRow> {

    AgentPerformanceUpsertStatement() {
        super(
                "agentpulse.agent_performance",
                2,
                List.of(
                        Column.text("agent", AgentPerformanceRow::agent),
                        Column.text("window_name", AgentPerformanceRow::windowName),
                        Column.time("window_start", AgentPerformanceRow::windowStartMicros),
                        Column.time("window_end", AgentPerformanceRow::windowEndMicros),
                        Column.bigint("query_count", AgentPerformanceRow::queryCount),
                        Column.numeric("avg_latency_ms", AgentPerformanceRow::avgLatencyMs),
                        Column.integer("max_latency_ms", AgentPerformanceRow::maxLatencyMs),
                        Column.integer("p50_latency_ms", AgentPerformanceRow::p50LatencyMs),
                        Column.integer("p95_latency_ms", AgentPerformanceRow::p95LatencyMs),
                        Column.integer("p99_latency_ms", AgentPerformanceRow::p99LatencyMs),
                        Column.bigint("slow_query_count", AgentPerformanceRow::slowQueryCount),
                        Column.bigint("approved_count", AgentPerformanceRow::approvedCount),
                        Column.bigint("rejected_count", AgentPerformanceRow::rejectedCount),
                        Column.bigint("unreviewed_count", AgentPerformanceRow::unreviewedCount),
                        Column.numeric("approval_rate_pct", AgentPerformanceRow::approvalRatePct),
                        Column.bigint("human_edited_count", AgentPerformanceRow::humanEditedCount),
                        Column.numeric("human_edit_rate_pct", AgentPerformanceRow::humanEditRatePct),
                        Column.numeric("quality_score", AgentPerformanceRow::qualityScore)));
    }
}
