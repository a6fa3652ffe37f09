/** Ticks on their way into Postgres. Read {@link dev.agentpulse.job.sink.TickTransactionITCase} first. */
@NullMarked
package dev.agentpulse.job.sink;

import org.jspecify.annotations.NullMarked;
