package dev.agentpulse.job.preflight;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.config.TableName;
import dev.agentpulse.job.model.SourceTable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.jspecify.annotations.Nullable;

/**
 * A table whose changes travel through the slot, and the columns that are used of it.
 *
 * @param option the option that names the table; null for the heartbeat, which has one name
 * @param searchedColumns columns by which the start looks for rows among many
 * @param searchesPending whether the start looks for what is pending, too
 */
record CapturedTable(
        TableName name,
        @Nullable ConfigOption<String> option,
        List<Column> columns,
        List<String> searchedColumns,
        boolean searchesPending) {

    record Column(String name, ColumnType type) {}

    static List<CapturedTable> of(SourceConfig source) {
        return List.of(
                source(source, SourceTable.QUERIES, JobOptions.QUERIES_TABLE, List.of("created_at"), false),
                source(
                        source,
                        SourceTable.APPROVALS,
                        JobOptions.APPROVALS_TABLE,
                        List.of("created_at", "updated_at"),
                        true),
                source(source, SourceTable.FEEDBACK, JobOptions.FEEDBACK_TABLE, List.of("created_at"), false),
                new CapturedTable(
                        source.heartbeatTable(),
                        null,
                        List.of(
                                new Column("id", ColumnType.NUMBER),
                                new Column("beat", ColumnType.NUMBER),
                                new Column("beaten_at", ColumnType.TIME)),
                        List.of(),
                        false));
    }

    private static CapturedTable source(
            SourceConfig source,
            SourceTable table,
            ConfigOption<String> option,
            List<String> searchedColumns,
            boolean searchesPending) {
        List<Column> columns = SourceColumn.of(table).stream()
                .map(column -> new Column(column.name(), column.type()))
                .toList();
        return new CapturedTable(source.table(table), option, columns, searchedColumns, searchesPending);
    }

    /** The names of all as {@code CREATE PUBLICATION … FOR TABLE} lists them. */
    static String list(SourceConfig source) {
        return of(source).stream().map(table -> table.name().toString()).collect(Collectors.joining(", "));
    }

    Set<String> columnNames() {
        return columns.stream().map(Column::name).collect(Collectors.toUnmodifiableSet());
    }

    /** How another name is given to the job. */
    String naming(String otherName) {
        return option == null ? "./agentpulse migrate" : "--" + option.key() + " '" + otherName + "'";
    }
}
