/**
 * What Flink itself brings for the same figures, by the stock connector. Each job runs in a process of its own: read {@link
 * dev.agentpulse.bench.flink.FlinkMain} first.
 */
@NullMarked
package dev.agentpulse.bench.flink;

import org.jspecify.annotations.NullMarked;
