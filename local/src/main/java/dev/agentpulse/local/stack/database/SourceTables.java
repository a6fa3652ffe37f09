package dev.agentpulse.local.stack.database;

import dev.agentpulse.job.config.JobOptions;
import org.apache.flink.configuration.Configuration;

/** The three tables that are watched, each with its schema, and the publication that carries them. */
public record SourceTables(String queries, String approvals, String feedback, String publication) {

    /** The names that the job will use under these options. */
    public static SourceTables of(Configuration jobOptions) {
        return new SourceTables(
                jobOptions.get(JobOptions.QUERIES_TABLE),
                jobOptions.get(JobOptions.APPROVALS_TABLE),
                jobOptions.get(JobOptions.FEEDBACK_TABLE),
                jobOptions.get(JobOptions.PUBLICATION_NAME));
    }
}
