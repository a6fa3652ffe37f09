package dev.agentpulse.job.performance;

import dev.agentpulse.udf.aggregate.HealthStatus;

/**
 * What must be remembered of an agent besides its windows. Cleared with them, once no window holds a row of the agent.
 *
 * @param sinceMicros when the health last changed
 * @param changeObserved false if the agent was idle when it was first evaluated, so that it may have been so before
 * @param degraded what was last reported to the alert rule; likewise {@code alarming}
 */
public record AgentState(
        HealthStatus health, long sinceMicros, boolean changeObserved, boolean degraded, boolean alarming) {}
