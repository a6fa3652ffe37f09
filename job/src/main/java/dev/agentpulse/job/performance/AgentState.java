package dev.agentpulse.job.performance;

import dev.agentpulse.udf.aggregate.HealthStatus;

/**
 * What must be remembered of an agent besides its windows. Cleared with them, once no window holds a row of the agent.
 *
 * @param sinceMicros when the health last changed
 * @param degraded what the alert rule was last told; likewise {@code alarming}
 */
public record AgentState(HealthStatus health, long sinceMicros, boolean degraded, boolean alarming) {}
