package dev.agentpulse.local.stack.flink;

import dev.agentpulse.job.AgentPulseJob;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** The one place where the stack meets the job. */
public final class JobLauncher {

    private JobLauncher() {}

    /**
     * The job as the cluster takes it.
     *
     * @param jobOptions options of {@link JobOptions}; the database's are laid over them
     */
    public static JobGraph jobGraph(Configuration cluster, Configuration jobOptions, DatabaseAddress database) {
        Configuration options = new Configuration(jobOptions);
        options.set(JobOptions.DATABASE_URL, database.jdbcUrl());
        options.set(JobOptions.CAPTURE_USERNAME, database.username());
        try {
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(cluster);
            AgentPulseJob.define(environment, JobConfig.from(options));
            StreamGraph graph = environment.getStreamGraph();
            graph.setJobName("AgentPulse");
            return graph.getJobGraph();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new CliFailure("The job cannot start: " + e.getMessage(), e);
        }
    }
}
