/**
 * The whole pipeline, from source tables to result tables, judged by {@code sql/oracle}: a real Postgres, a Flink cluster
 * in this process with the shipped settings, and the job as it is submitted to a cluster.
 *
 * <p>Read {@link dev.agentpulse.job.pipeline.RandomChangesITCase} first. {@link dev.agentpulse.job.pipeline.Pipeline} is
 * the running job, {@link dev.agentpulse.proof.RandomChanges} what is written to the source tables.
 */
@NullMarked
package dev.agentpulse.job.pipeline;

import org.jspecify.annotations.NullMarked;
