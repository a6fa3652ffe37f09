/**
 * Flink in this process: configuration, cluster, job, and where to go on after a restart. Read
 * {@link dev.agentpulse.local.stack.flink.LocalCluster} first.
 */
@NullMarked
package dev.agentpulse.local.stack.flink;

import org.jspecify.annotations.NullMarked;
