/** Configuration: defaults, refusals, documentation. Read {@link dev.agentpulse.job.config.JobConfigTest} first. */
@NullMarked
package dev.agentpulse.job.config;

import org.jspecify.annotations.NullMarked;
