package dev.agentpulse.job;

import dev.agentpulse.job.config.JobArguments;
import dev.agentpulse.job.config.JobConfig;
import dev.agentpulse.job.sink.LedgerSink;
import dev.agentpulse.job.sink.TickSink;
import dev.agentpulse.job.source.ChangeSourceFactory;
import dev.agentpulse.job.source.Heartbeat;
import dev.agentpulse.job.source.PastRowReader;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What is submitted to a cluster: {@code flink run agentpulse-job.jar --agentpulse.database.url jdbc:postgresql://…}.
 *
 * <p>Options are those of {@link dev.agentpulse.job.config.JobOptions}, as {@code --key value}; {@code --config-file
 * FILE} reads them from a YAML file first. Passwords come from the environment or from files only.
 */
public final class AgentPulseJob {

    private static final String JOB_NAME = "AgentPulse";

    private AgentPulseJob() {}

    public static void main(String[] args) throws Exception {
        JobConfig config;
        try {
            config = JobConfig.from(JobArguments.parse(args));
        } catch (IllegalArgumentException e) {
            System.err.println("AgentPulse cannot start: " + e.getMessage());
            throw e;
        }
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        define(env, config);
        env.execute(JOB_NAME);
    }

    /** Adds the job, with its real endpoints, to an environment. */
    public static void define(StreamExecutionEnvironment env, JobConfig config) {
        // State of operators that are gone tells nothing; the clock refuses, with a sentence, what it cannot go on
        // from.
        env.configure(new Configuration().set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true));
        AgentPulsePipeline.define(
                env,
                new AgentPulsePipeline.Sources(ChangeSourceFactory.create(config), Heartbeat.source(config)),
                new AgentPulsePipeline.Sinks(
                        new TickSink(config, new PastRowReader(config)),
                        LedgerSink.create(config.writer()),
                        Heartbeat.sink(config)),
                config);
    }
}
