package dev.agentpulse.job.source;

import dev.agentpulse.job.config.DatabaseConfig;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.config.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.apache.flink.cdc.connectors.base.options.StartupOptions;
import org.apache.flink.cdc.connectors.postgres.source.config.PostgresSourceConfigFactory;
import org.apache.flink.cdc.connectors.postgres.source.offset.PostgresOffsetFactory;

/** Builds the source: one replication slot for the three tables and the heartbeat. */
public final class ChangeSourceFactory {

    /**
     * Completed checkpoints that stay restorable: the slot keeps the log since the oldest of them, so that a restore
     * from a slightly older retained checkpoint finds everything.
     */
    private static final int RESTORABLE_CHECKPOINTS = 3;

    private static final int CONNECTION_POOL_SIZE = 2;
    private static final int SNAPSHOT_CHUNK_ROWS = 50_000;
    private static final int ALL_SPLITS_IN_ONE_GROUP = 1_000_000;

    private ChangeSourceFactory() {}

    public static PostgresChangeSource create(DatabaseConfig database, SourceConfig source) {
        PostgresSourceConfigFactory factory = new PostgresSourceConfigFactory();
        factory.hostname(database.host());
        factory.port(database.port());
        factory.database(database.database());
        factory.username(database.username());
        factory.password(database.password());
        factory.schemaList(schemas(source).toArray(String[]::new));
        factory.tableList(tables(source).toArray(String[]::new));
        factory.slotName(source.slotName());
        factory.decodingPluginName("pgoutput");
        factory.startupOptions(StartupOptions.initial());
        factory.splitSize(SNAPSHOT_CHUNK_ROWS);
        factory.splitMetaGroupSize(ALL_SPLITS_IN_ONE_GROUP);
        // The backfill compares positions of rows with positions in time, so it loses rows of transactions that are
        // open while a chunk is read. The baseline operator merges snapshot and stream by row instead.
        factory.skipSnapshotBackfill(true);
        // Debezium's own heartbeats lose the first row after a restore (FLINK-39265); a heartbeat table does not.
        factory.heartbeatInterval(Duration.ZERO);
        factory.setLsnCommitCheckpointsDelay(RESTORABLE_CHECKPOINTS);
        factory.connectionPoolSize(CONNECTION_POOL_SIZE);
        factory.setIncludePartitionedTables(true);
        factory.debeziumProperties(debezium(source));
        return new PostgresChangeSource(
                factory,
                new LogRecordDeserializer(source),
                new PostgresOffsetFactory(),
                new CheckpointedDialect(factory.create(0)),
                false,
                new SlotGuard(database, source));
    }

    private static Properties debezium(SourceConfig source) {
        Properties properties = new Properties();
        // A publication that is made on the fly loses rows or needs a superuser; the migrations make it.
        properties.setProperty("publication.autocreate.mode", "disabled");
        properties.setProperty("publication.name", source.publicationName());
        properties.setProperty("provide.transaction.metadata", "true");
        properties.setProperty("truncate.handling.mode", "include");
        properties.setProperty("tombstones.on.delete", "false");
        properties.setProperty("poll.interval.ms", "10");
        properties.setProperty("slot.max.retries", "3");
        properties.setProperty("slot.retry.delay.ms", "1000");
        properties.setProperty("status.update.interval.ms", "5000");
        return properties;
    }

    private static List<String> schemas(SourceConfig source) {
        return allTables(source).stream()
                .map(name -> Pattern.quote(name.schema()))
                .distinct()
                .toList();
    }

    /** Table names are patterns to the connector: quoted, so that a dot or an underscore is only itself. */
    private static List<String> tables(SourceConfig source) {
        return allTables(source).stream()
                .map(name -> quoted(name.schema()) + "\\." + quoted(name.table()))
                .toList();
    }

    private static String quoted(String name) {
        return name.replaceAll("[^A-Za-z0-9_]", "\\\\$0");
    }

    private static List<TableName> allTables(SourceConfig source) {
        List<TableName> tables = new ArrayList<>(source.tables().values());
        tables.add(source.heartbeatTable());
        return tables;
    }
}
