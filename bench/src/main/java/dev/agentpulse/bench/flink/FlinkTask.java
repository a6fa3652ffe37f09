package dev.agentpulse.bench.flink;

/**
 * What a job's process is told. The password goes by the environment.
 *
 * @param schema of the table that is read and of those that are written
 * @param slot that the connector makes; nobody else reads it
 * @param publication of the table that is read
 * @param restPort where the job tells of its checkpoints, on the loopback address
 * @param checkpoints a folder for them
 */
public record FlinkTask(
        FlinkJob job,
        String jdbcUrl,
        String username,
        String schema,
        String slot,
        String publication,
        int restPort,
        String checkpoints) {}
