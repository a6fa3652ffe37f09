/**
 * From the write-ahead log to typed changes and time.
 *
 * <p>Read {@link dev.agentpulse.job.source.ChangeSourceFactory} first: it builds the source on
 * flink-connector-postgres-cdc 3.5.0. {@link dev.agentpulse.job.source.PostgresChangeSource} closes what that version
 * leaves open; {@link dev.agentpulse.job.source.LogClockOperator} turns transactions into time and ticks.
 */
@NullMarked
package dev.agentpulse.job.source;

import org.jspecify.annotations.NullMarked;
