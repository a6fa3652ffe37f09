package dev.agentpulse.job.config;

import dev.agentpulse.job.model.SourceTable;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;

/**
 * What is read, and how.
 *
 * @param tables schema-qualified names
 * @param heartbeatTable schema-qualified name of the row that moves time
 */
public record SourceConfig(
        Map<SourceTable, String> tables,
        String heartbeatTable,
        String slotName,
        String publicationName,
        StartupMode startupMode,
        long pollMillis,
        int snapshotChunkRows)
        implements Serializable {

    private static final String HEARTBEAT_TABLE = "agentpulse.heartbeat";
    private static final Pattern QUALIFIED = Pattern.compile("[^.\"]+\\.[^.\"]+");
    private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");

    public SourceConfig {
        tables = Map.copyOf(tables);
        if (!SLOT.matcher(slotName).matches()) {
            throw new IllegalArgumentException(JobOptions.SLOT_NAME.key()
                    + " may hold lower-case letters, digits and underscores, at most 63, but is: " + slotName);
        }
        for (String table : tables.values()) {
            if (!QUALIFIED.matcher(table).matches()) {
                throw new IllegalArgumentException("a source table must be named schema.table, but is: " + table);
            }
        }
        if (tables.values().stream().distinct().count() != tables.size()) {
            throw new IllegalArgumentException("the three source tables must differ, but are: " + tables.values());
        }
    }

    static SourceConfig from(Configuration options) {
        Map<SourceTable, String> tables = new EnumMap<>(SourceTable.class);
        tables.put(SourceTable.QUERIES, options.get(JobOptions.QUERIES_TABLE));
        tables.put(SourceTable.APPROVALS, options.get(JobOptions.APPROVALS_TABLE));
        tables.put(SourceTable.FEEDBACK, options.get(JobOptions.FEEDBACK_TABLE));
        return new SourceConfig(
                tables,
                HEARTBEAT_TABLE,
                options.get(JobOptions.SLOT_NAME),
                options.get(JobOptions.PUBLICATION_NAME),
                options.get(JobOptions.STARTUP_MODE),
                options.get(JobOptions.POLL_INTERVAL).toMillis(),
                options.get(JobOptions.SNAPSHOT_CHUNK_ROWS));
    }

    public boolean startsLatest() {
        return startupMode == StartupMode.LATEST;
    }
}
