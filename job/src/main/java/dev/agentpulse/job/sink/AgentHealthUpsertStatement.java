package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AgentHealthRow;
import java.util.List;

/**
 * Rows of {@code agent_health}. The table remembers more than the job, which forgets an agent once no window holds a row
 * of it: a status that was the same before keeps its {@code since}, and the last query stays known.
 */
final class AgentHealthUpsertStatement extends UpsertStatement<AgentHealthRow> {

    AgentHealthUpsertStatement() {
        super(
                "agentpulse.agent_health",
                1,
                List.of(
                        Column.text("agent", AgentHealthRow::agent),
                        Column.text("health_status", AgentHealthRow::healthStatus),
                        Column.time("since", AgentHealthRow::sinceMicros),
                        Column.numeric("avg_latency_ms_1m", AgentHealthRow::avgLatencyMs1m),
                        Column.time("last_query_at", AgentHealthRow::lastQueryAtMicros)));
    }

    @Override
    String replacement(String column) {
        return switch (column) {
            case "since" ->
                "CASE WHEN t.health_status = EXCLUDED.health_status THEN LEAST(t.since, EXCLUDED.since)"
                        + " ELSE EXCLUDED.since END";
            case "last_query_at" -> "COALESCE(EXCLUDED.last_query_at, t.last_query_at)";
            default -> super.replacement(column);
        };
    }
}
