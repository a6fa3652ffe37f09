/**
 * The window algebra as Flink SQL functions, one class each, for people who want to ask the stream their own questions.
 * All of them are thin: the figures come from {@code dev.agentpulse.udf.aggregate}. They retract, so they work over
 * change streams, in windows and without. Start reading at {@link dev.agentpulse.udf.table.LatencyPercentileFunction};
 * {@code sql/flink} registers and uses them.
 */
@NullMarked
package dev.agentpulse.udf.table;

import org.jspecify.annotations.NullMarked;
