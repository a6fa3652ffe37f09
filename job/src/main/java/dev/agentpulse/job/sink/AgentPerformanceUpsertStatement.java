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
                        Column.text("window_name", row -> row.window().name()),
                        Column.time("window_start", row -> row.window().startMicros()),
                        Column.time("window_end", row -> row.window().endMicros()),
                        Column.bigint("query_count", row -> row.figures().queryCount()),
                        Column.numeric("avg_latency_ms", row -> row.figures().avgLatencyMs()),
                        Column.integer("max_latency_ms", row -> row.figures().maxLatencyMs()),
                        Column.integer("p50_latency_ms", row -> row.figures().p50LatencyMs()),
                        Column.integer("p95_latency_ms", row -> row.figures().p95LatencyMs()),
                        Column.integer("p99_latency_ms", row -> row.figures().p99LatencyMs()),
                        Column.bigint("slow_query_count", row -> row.figures().slowQueryCount()),
                        Column.bigint("approved_count", row -> row.figures().approvedCount()),
                        Column.bigint("rejected_count", row -> row.figures().rejectedCount()),
                        Column.bigint("unreviewed_count", row -> row.figures().unreviewedCount()),
                        Column.numeric("approval_rate_pct", row -> row.figures().approvalRatePct()),
                        Column.bigint("human_edited_count", row -> row.figures().humanEditedCount()),
                        Column.numeric(
                                "human_edit_rate_pct", row -> row.figures().humanEditRatePct()),
                        Column.numeric("quality_score", row -> row.figures().qualityScore())));
    }
}
