package dev.agentpulse.job.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code agent_health}.
 *
 * @param sinceMicros when the status last changed
 * @param changeObserved false if the job found the agent in this status: it forgets an agent once no window holds a row
 *     of it, so a row that is stored with the same status knows better since when
 */
public record AgentHealthRow(
        String agent,
        String healthStatus,
        long sinceMicros,
        boolean changeObserved,
        @Nullable BigDecimal avgLatencyMs1m,
        @Nullable Long lastQueryAtMicros) {

    /** This row with what only the row before it, of the same agent, knows. */
    public AgentHealthRow after(AgentHealthRow before) {
        boolean same = !changeObserved && healthStatus.equals(before.healthStatus);
        return new AgentHealthRow(
                agent,
                healthStatus,
                same ? before.sinceMicros : sinceMicros,
                !same || before.changeObserved,
                avgLatencyMs1m,
                lastQueryAtMicros == null ? before.lastQueryAtMicros : lastQueryAtMicros);
    }
}
