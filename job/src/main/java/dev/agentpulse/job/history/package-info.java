/**
 * History of every source table by the minute, 15 minutes, hour and day.
 *
 * <p>Read {@link dev.agentpulse.job.history.HistoryLogic} first, and docs/decisions/0011-history.md.
 */
@NullMarked
package dev.agentpulse.job.history;

import org.jspecify.annotations.NullMarked;
