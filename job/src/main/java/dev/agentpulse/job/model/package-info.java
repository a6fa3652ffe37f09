/**
 * Records that cross operators or live in state: rows as the job uses them, changes, result rows, alerts and messages.
 *
 * <p>Read {@link dev.agentpulse.job.model.Change} first. All times are microseconds since the epoch, on the clock of the
 * database; names end in {@code Micros}.
 */
@NullMarked
package dev.agentpulse.job.model;

import org.jspecify.annotations.NullMarked;
