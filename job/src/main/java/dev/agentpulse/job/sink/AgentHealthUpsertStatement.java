package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AgentHealthRow;
import java.util.List;

/**
 * Rows of {@code agent_health}. The table remembers more than the job, which forgets an agent once no window holds a row
 * of it: an agent that the job finds in the status that is stored keeps its {@code since}, and the last query stays known. A job
 * that begins anew has found all of them so.
 */
final class AgentHealthUpsertStatement extends BatchStatement<AgentHealthRow> {

    private final String isFound;

    /** @param anew whether the job that writes them begins with empty state, to which every status is a change */
    AgentHealthUpsertStatement(boolean anew) {
        super(
                "agentpulse.agent_health",
                1,
                List.of(
                        Column.text("agent", AgentHealthRow::agent),
                        Column.text("health_status", AgentHealthRow::healthStatus),
                        Column.time("since", AgentHealthRow::sinceMicros),
                        Column.bool("change_observed", AgentHealthRow::changeObserved),
                        Column.numeric("avg_latency_ms_1m", AgentHealthRow::avgLatencyMs1m),
                        Column.time("last_query_at", AgentHealthRow::lastQueryAtMicros)));
        this.isFound = anew ? "true" : "NOT r.change_observed";
    }

    @Override
    String sql() {
        return """
                INSERT INTO agentpulse.agent_health AS t (agent, health_status, since, avg_latency_ms_1m, last_query_at)
                SELECT r.agent, r.health_status,
                       CASE WHEN %s AND h.health_status = r.health_status THEN h.since
                            ELSE r.since END,
                       r.avg_latency_ms_1m,
                       coalesce(r.last_query_at, h.last_query_at)
                FROM %s LEFT JOIN agentpulse.agent_health AS h ON h.agent = r.agent
                ON CONFLICT (agent) DO UPDATE SET
                    health_status = EXCLUDED.health_status, since = EXCLUDED.since,
                    avg_latency_ms_1m = EXCLUDED.avg_latency_ms_1m, last_query_at = EXCLUDED.last_query_at
                """.formatted(isFound, source());
    }
}
