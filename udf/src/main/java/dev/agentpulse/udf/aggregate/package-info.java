/**
 * The window algebra in plain Java: values that come and go, slices that hold them, windows that are sums of slices.
 * Nothing here knows of Flink; the job's operators and the SQL functions are thin adapters. Start reading at
 * {@link dev.agentpulse.udf.aggregate.SlidingWindows}; then one stream, for instance
 * {@link dev.agentpulse.udf.aggregate.QuerySlice} and {@link dev.agentpulse.udf.aggregate.QueryWindow}.
 */
@NullMarked
package dev.agentpulse.udf.aggregate;

import org.jspecify.annotations.NullMarked;
