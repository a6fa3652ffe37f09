package dev.agentpulse.bench.flink;

import dev.agentpulse.bench.Database;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.cdc.connectors.base.options.StartupOptions;
import org.apache.flink.cdc.connectors.postgres.source.PostgresSourceBuilder;
import org.apache.flink.cdc.connectors.postgres.source.PostgresSourceBuilder.PostgresIncrementalSource;
import org.apache.flink.cdc.debezium.DebeziumDeserializationSchema;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;

/**
 * The connectors that Flink brings, set up for freshness: the table of queries is read from now on, by a slot of its own,
 * and results are written in batches, after ten milliseconds at most.
 */
final class StockConnector {

    private static final String TABLE = "agent_queries";
    private static final String PLUGIN = "pgoutput";
    private static final int BATCH_ROWS = 1_000;
    private static final int BATCH_MILLIS = 10;
    private static final int POLL_MILLIS = 10;

    private final Database database;
    private final String password;
    private final FlinkTask task;

    StockConnector(Database database, FlinkTask task) {
        this.database = database;
        this.password = Objects.requireNonNullElse(database.password(), "");
        this.task = task;
    }

    String schema() {
        return task.schema();
    }

    /** For {@code WITH} in SQL. */
    String sourceOptions() {
        Map<String, String> options = new TreeMap<>(Map.of(
                "connector",
                "postgres-cdc",
                "hostname",
                database.host(),
                "port",
                Integer.toString(database.port()),
                "database-name",
                database.name(),
                "username",
                task.username(),
                "password",
                password,
                "schema-name",
                task.schema(),
                "table-name",
                TABLE,
                "slot.name",
                task.slot(),
                "decoding.plugin.name",
                PLUGIN));
        options.put("scan.incremental.snapshot.enabled", "true");
        options.put("scan.startup.mode", "latest-offset");
        debezium().forEach((key, value) -> options.put("debezium." + key, value));
        return sql(options);
    }

    /** The same of a table of results. */
    String sinkOptions() {
        return sql(new TreeMap<>(Map.of(
                "connector",
                "jdbc",
                "url",
                task.jdbcUrl(),
                "username",
                task.username(),
                "password",
                password,
                "sink.buffer-flush.max-rows",
                Integer.toString(BATCH_ROWS),
                "sink.buffer-flush.interval",
                BATCH_MILLIS + " ms")));
    }

    /** The same source for the DataStream API. */
    <T> PostgresIncrementalSource<T> source(DebeziumDeserializationSchema<T> rows) {
        Properties properties = new Properties();
        properties.putAll(debezium());
        return PostgresSourceBuilder.PostgresIncrementalSource.<T>builder()
                .hostname(database.host())
                .port(database.port())
                .database(database.name())
                .username(task.username())
                .password(password)
                .schemaList(task.schema())
                .tableList(task.schema() + "." + TABLE)
                .slotName(task.slot())
                .decodingPluginName(PLUGIN)
                .startupOptions(StartupOptions.latest())
                .debeziumProperties(properties)
                .deserializer(rows)
                .build();
    }

    JdbcConnectionOptions sinkConnection() {
        return new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                .withUrl(task.jdbcUrl())
                .withUsername(task.username())
                .withPassword(password)
                .build();
    }

    static JdbcExecutionOptions batches() {
        return JdbcExecutionOptions.builder()
                .withBatchSize(BATCH_ROWS)
                .withBatchIntervalMs(BATCH_MILLIS)
                .build();
    }

    /** Its reader looks for changes every half second by itself, which would be most of the time to a result. */
    private Map<String, String> debezium() {
        return Map.of(
                "publication.autocreate.mode",
                "disabled",
                "publication.name",
                task.publication(),
                "poll.interval.ms",
                Integer.toString(POLL_MILLIS));
    }

    private static String sql(Map<String, String> options) {
        return options.entrySet().stream()
                .map(option -> quoted(option.getKey()) + " = " + quoted(option.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
