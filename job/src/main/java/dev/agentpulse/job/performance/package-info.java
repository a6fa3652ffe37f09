/**
 * How each agent does: windows over its queries, its health, and the feed of new queries.
 *
 * <p>Read {@link dev.agentpulse.job.performance.AgentPerformanceLogic} first. To add a figure, see "Adding a figure to
 * agent_performance" in docs/architecture.md.
 */
@NullMarked
package dev.agentpulse.job.performance;

import org.jspecify.annotations.NullMarked;
