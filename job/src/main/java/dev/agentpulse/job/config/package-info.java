/**
 * What one job needs to know: the options a user may set, and the checked, immutable result.
 *
 * <p>Read {@link dev.agentpulse.job.config.JobOptions} first.
 */
@NullMarked
package dev.agentpulse.job.config;

import org.jspecify.annotations.NullMarked;
