/**
 * What reviewers think of the answers, over all of them and for each annotator.
 *
 * <p>Read {@link dev.agentpulse.job.feedback.TrainingQualityLogic} first.
 */
@NullMarked
package dev.agentpulse.job.feedback;

import org.jspecify.annotations.NullMarked;
