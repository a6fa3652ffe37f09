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
                new CapturedTable(
                        source.table(SourceTable.QUERIES),
                        JobOptions.QUERIES_TABLE,
                        List.of(
                                new Column("id", ColumnType.KEY),
                                new Column("conversation_id", ColumnType.TEXT),
                                new Column("agent", ColumnType.TEXT),
                                new Column("query", ColumnType.TEXT),
                                new Column("latency_ms", ColumnType.NUMBER),
                                new Column("approved", ColumnType.BOOLEAN),
                                new Column("human_edited", ColumnType.BOOLEAN),
                                new Column("created_at", ColumnType.TIME)),
                        List.of("created_at"),
                        false),
                new CapturedTable(
                        source.table(SourceTable.APPROVALS),
                        JobOptions.APPROVALS_TABLE,
                        List.of(
                                new Column("id", ColumnType.KEY),
                                new Column("conversation_id", ColumnType.TEXT),
                                new Column("status", ColumnType.TEXT),
                                new Column("approved_by", ColumnType.TEXT),
                                new Column("created_at", ColumnType.TIME),
                                new Column("updated_at", ColumnType.TIME)),
                        List.of("created_at", "updated_at"),
                        true),
                new CapturedTable(
                        source.table(SourceTable.FEEDBACK),
                        JobOptions.FEEDBACK_TABLE,
                        List.of(
                                new Column("id", ColumnType.KEY),
                                new Column("conversation_id", ColumnType.TEXT),
                                new Column("safe_to_send", ColumnType.BOOLEAN),
                                new Column("labels", ColumnType.TEXT_ARRAY),
                                new Column("rubric", ColumnType.JSON),
                                new Column("annotator", ColumnType.TEXT),
                                new Column("created_at", ColumnType.TIME),
                                new Column("updated_at", ColumnType.TIME)),
                        List.of("created_at"),
                        false),
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
