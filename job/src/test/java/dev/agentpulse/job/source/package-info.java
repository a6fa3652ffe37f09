/** The log's way to typed changes and time. Read {@link dev.agentpulse.job.source.LogClockOperatorTest} first. */
@NullMarked
package dev.agentpulse.job.source;

import org.jspecify.annotations.NullMarked;
