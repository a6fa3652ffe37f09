/**
 * What all keyed operators share: changes are applied as they come, results are emitted at ticks.
 *
 * <p>Read {@link dev.agentpulse.job.tick.TickOperator} first, then {@link dev.agentpulse.job.tick.TickLogic}.
 */
@NullMarked
package dev.agentpulse.job.tick;

import org.jspecify.annotations.NullMarked;
