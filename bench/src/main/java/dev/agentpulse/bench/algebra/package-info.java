/**
 * What one change and one result row cost in processor time and memory, by the length of the window: AgentPulse's windows,
 * Flink's sliding windows, and a plain list. Read {@link dev.agentpulse.bench.algebra.AlgebraCommand} first.
 */
@NullMarked
package dev.agentpulse.bench.algebra;

import org.jspecify.annotations.NullMarked;
