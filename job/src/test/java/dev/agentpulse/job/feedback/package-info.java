/** Feedback's messages and windows. */
@NullMarked
package dev.agentpulse.job.feedback;

import org.jspecify.annotations.NullMarked;
