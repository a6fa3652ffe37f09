/**
 * The job: change stream in, windows and alerts, committed ticks out.
 *
 * <p>Read {@link dev.agentpulse.job.AgentPulsePipeline} first: it is the map of everything below.
 */
@NullMarked
package dev.agentpulse.job;

import org.jspecify.annotations.NullMarked;
