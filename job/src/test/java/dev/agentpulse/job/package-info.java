/** The whole job: its graph, its records, its layers. Read {@link dev.agentpulse.job.PipelineGraphTest} first. */
@NullMarked
package dev.agentpulse.job;

import org.jspecify.annotations.NullMarked;
