/**
 * A real Flink cluster of separate processes on one machine: assembled, started, kept running, watched and stopped. Read
 * {@link dev.agentpulse.local.cluster.Supervisor} first, then {@link dev.agentpulse.local.cluster.FlinkProcesses}.
 */
@NullMarked
package dev.agentpulse.local.cluster;

import org.jspecify.annotations.NullMarked;
