package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.TickProgress;

/**
 * What the row of {@code pipeline_status} is made of.
 *
 * @param unmatchedRetractions before images, since the job first started, that were to be taken out of figures that did
 *     not hold them
 */
record PipelineStatus(TickProgress progress, long unmatchedRetractions) {}
