package dev.agentpulse.job.config;

import dev.agentpulse.job.model.SourceTable;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/**
 * What is read: the tables, and the publication and slot through which their changes come.
 *
 * @param heartbeatTable the table with the one row that moves time
 */
public record SourceConfig(
        Map<SourceTable, TableName> tables, TableName heartbeatTable, String slotName, String publicationName)
        implements Serializable {

    private static final TableName HEARTBEAT_TABLE = new TableName("agentpulse", "heartbeat");
    private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");

    public SourceConfig {
        tables = Map.copyOf(tables);
        if (!SLOT.matcher(slotName).matches()) {
            throw new IllegalArgumentException(JobOptions.SLOT_NAME.key()
                    + " may hold lower-case letters, digits and underscores, at most 63, but is: " + slotName);
        }
        if (tables.values().stream().distinct().count() != tables.size()) {
            throw new IllegalArgumentException("the three source tables must differ, but are: " + tables.values());
        }
    }

    /**
     * Reads the options of the source alone.
     *
     * @throws IllegalArgumentException with one sentence that names the option and its value
     */
    public static SourceConfig from(Configuration options) {
        Map<SourceTable, TableName> tables = new EnumMap<>(SourceTable.class);
        tables.put(SourceTable.QUERIES, tableName(options, JobOptions.QUERIES_TABLE));
        tables.put(SourceTable.APPROVALS, tableName(options, JobOptions.APPROVALS_TABLE));
        tables.put(SourceTable.FEEDBACK, tableName(options, JobOptions.FEEDBACK_TABLE));
        return new SourceConfig(
                tables, HEARTBEAT_TABLE, options.get(JobOptions.SLOT_NAME), options.get(JobOptions.PUBLICATION_NAME));
    }

    private static TableName tableName(Configuration options, ConfigOption<String> option) {
        try {
            return TableName.parse(options.get(option));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option.key() + ": " + e.getMessage(), e);
        }
    }

    public TableName table(SourceTable table) {
        TableName name = tables.get(table);
        if (name == null) {
            throw new IllegalStateException("no name was given for " + table);
        }
        return name;
    }
}
