/**
 * Random schedules of start, changes, restart and kill while the snapshot is read, each compared with plain SQL. Read
 * {@link dev.agentpulse.local.chaos.starts.StartSchedule} first, then {@link dev.agentpulse.local.chaos.starts.StartTrial}.
 */
@NullMarked
package dev.agentpulse.local.chaos.starts;

import org.jspecify.annotations.NullMarked;
