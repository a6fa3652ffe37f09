package dev.agentpulse.local.stack.traffic;

import java.util.List;

/**
 * How one agent of the demo behaves.
 *
 * @param share its part of all queries, in relation to the others'
 * @param medianLatencyMillis the middle of its log-normal latencies
 * @param spread the logarithm's standard deviation: the larger, the longer the tail
 */
record AgentProfile(
        String name, double share, double medianLatencyMillis, double spread, double approvalRate, double editRate) {

    /** From quick and plain to slower and delicate; all of them healthy as long as nothing slows them down. */
    static final List<AgentProfile> TEAM = List.of(
            new AgentProfile("greeter", 3.0, 22, 0.35, 0.98, 0.02),
            new AgentProfile("order-status", 2.5, 38, 0.45, 0.95, 0.05),
            new AgentProfile("search", 2.0, 55, 0.60, 0.90, 0.08),
            new AgentProfile("scheduling", 1.2, 64, 0.40, 0.93, 0.10),
            new AgentProfile("billing", 1.0, 78, 0.50, 0.88, 0.15),
            new AgentProfile("refunds", 0.8, 74, 0.50, 0.80, 0.22),
            new AgentProfile("translation", 0.6, 80, 0.30, 0.91, 0.30),
            new AgentProfile("contracts", 0.4, 77, 0.40, 0.70, 0.40));

    static int indexOf(String name) {
        return TEAM.stream().map(AgentProfile::name).toList().indexOf(name);
    }
}
