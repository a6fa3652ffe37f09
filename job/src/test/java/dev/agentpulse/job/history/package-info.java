/** What an operator of history emits, and when. Read {@link dev.agentpulse.job.history.HistoryLogicTest} first. */
@NullMarked
package dev.agentpulse.job.history;

import org.jspecify.annotations.NullMarked;
