/**
 * The tick writer: everything a tick holds, in one transaction.
 *
 * <p>Read {@link dev.agentpulse.job.sink.TickWriter} first, then {@link dev.agentpulse.job.sink.TickTransaction}. One
 * class a statement; each names its columns.
 */
@NullMarked
package dev.agentpulse.job.sink;

import org.jspecify.annotations.NullMarked;
