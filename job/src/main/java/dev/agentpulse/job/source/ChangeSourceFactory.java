package dev.agentpulse.job.source;

import dev.agentpulse.job.config.JobConfig;
import java.time.Duration;
import org.apache.flink.cdc.connectors.base.options.StartupOptions;
import org.apache.flink.cdc.connectors.postgres.source.config.PostgresSourceConfigFactory;

/** Builds the source: one replication slot for the three tables and the heartbeat. */
public final class ChangeSourceFactory {

    /**
     * Completed checkpoints that stay restorable: the slot keeps the log since the oldest of them, so that a restore
     * from a slightly older retained checkpoint finds everything.
     */
    private static final int RESTORABLE_CHECKPOINTS = 3;

    /** What the connector demands to be told and does not use, because it opens no connection. */
    private static final String UNUSED = "unused";

    private ChangeSourceFactory() {}

    /** A source that reads the tables, then the log. */
    public static PostgresChangeSource create(JobConfig config) {
        PostgresSourceConfigFactory factory = new PostgresSourceConfigFactory();
        factory.hostname(UNUSED);
        factory.database(UNUSED);
        factory.username(UNUSED);
        factory.password(UNUSED);
        factory.schemaList(new String[] {UNUSED});
        factory.tableList(UNUSED);
        factory.slotName(config.source().slotName());
        factory.decodingPluginName("pgoutput");
        factory.startupOptions(StartupOptions.initial());
        factory.heartbeatInterval(Duration.ZERO);
        factory.setLsnCommitCheckpointsDelay(RESTORABLE_CHECKPOINTS);
        return new PostgresChangeSource(factory, config);
    }
}
