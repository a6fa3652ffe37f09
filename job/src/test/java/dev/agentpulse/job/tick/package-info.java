/** What all keyed operators share. Read {@link dev.agentpulse.job.tick.TickOperatorTest} first. */
@NullMarked
package dev.agentpulse.job.tick;

import org.jspecify.annotations.NullMarked;
