/** An agent's windows and health. Read {@link dev.agentpulse.job.performance.AgentPerformanceFunctionTest} first: it is also the test of the tick package, seen through its first user. */
@NullMarked
package dev.agentpulse.job.performance;

import org.jspecify.annotations.NullMarked;
