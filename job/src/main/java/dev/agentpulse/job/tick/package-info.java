/**
 * What all keyed operators share: changes wait until a tick, and are then applied in the order of the log.
 *
 * <p>Read {@link dev.agentpulse.job.tick.TickFunction} first.
 */
@NullMarked
package dev.agentpulse.job.tick;

import org.jspecify.annotations.NullMarked;
