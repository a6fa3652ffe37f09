package dev.agentpulse.job.preflight;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A table that is read, and the columns that are used of it. */
record SourceTable(String name, List<Column> columns) {

    record Column(String name, ColumnType type) {}

    /** The kinds of column that are read; {@code condition} is SQL over a row {@code t} of pg_type. */
    enum ColumnType {
        KEY(
                "bigint",
                "t.oid IN ('int8'::regtype, 'int4'::regtype, 'uuid'::regtype, 'text'::regtype, 'varchar'::regtype)"),
        // All of these arrive as a string.
        TEXT("text", "t.typcategory IN ('S', 'E') OR t.oid = 'uuid'::regtype"),
        TEXT_ARRAY("text[]", "t.oid IN ('text[]'::regtype, 'varchar[]'::regtype)"),
        INTEGER("integer", "t.oid = 'int4'::regtype"),
        BIGINT("bigint", "t.oid = 'int8'::regtype"),
        BOOLEAN("boolean", "t.oid = 'bool'::regtype"),
        JSONB("jsonb", "t.oid = 'jsonb'::regtype"),
        TIMESTAMPTZ("timestamptz", "t.oid = 'timestamptz'::regtype");

        private final String sqlName;
        private final String condition;

        ColumnType(String sqlName, String condition) {
            this.sqlName = sqlName;
            this.condition = condition;
        }

        String sqlName() {
            return sqlName;
        }

        String condition() {
            return condition;
        }

        /** For messages: what would do. */
        String expectation() {
            return this == KEY ? "bigint, integer, uuid or text" : sqlName;
        }
    }

    static List<SourceTable> of(PreflightTarget target) {
        return List.of(
                new SourceTable(
                        target.queriesTable(),
                        List.of(
                                new Column("id", ColumnType.KEY),
                                new Column("conversation_id", ColumnType.TEXT),
                                new Column("agent", ColumnType.TEXT),
                                new Column("query", ColumnType.TEXT),
                                new Column("latency_ms", ColumnType.INTEGER),
                                new Column("approved", ColumnType.BOOLEAN),
                                new Column("human_edited", ColumnType.BOOLEAN),
                                new Column("created_at", ColumnType.TIMESTAMPTZ))),
                new SourceTable(
                        target.approvalsTable(),
                        List.of(
                                new Column("id", ColumnType.KEY),
                                new Column("conversation_id", ColumnType.TEXT),
                                new Column("status", ColumnType.TEXT),
                                new Column("approved_by", ColumnType.TEXT),
                                new Column("created_at", ColumnType.TIMESTAMPTZ),
                                new Column("updated_at", ColumnType.TIMESTAMPTZ))),
                new SourceTable(
                        target.feedbackTable(),
                        List.of(
                                new Column("id", ColumnType.KEY),
                                new Column("conversation_id", ColumnType.TEXT),
                                new Column("safe_to_send", ColumnType.BOOLEAN),
                                new Column("labels", ColumnType.TEXT_ARRAY),
                                new Column("rubric", ColumnType.JSONB),
                                new Column("annotator", ColumnType.TEXT),
                                new Column("created_at", ColumnType.TIMESTAMPTZ),
                                new Column("updated_at", ColumnType.TIMESTAMPTZ))),
                new SourceTable(
                        target.heartbeatTable(),
                        List.of(
                                new Column("id", ColumnType.INTEGER),
                                new Column("beat", ColumnType.BIGINT),
                                new Column("beaten_at", ColumnType.TIMESTAMPTZ))));
    }

    Set<String> columnNames() {
        return columns.stream().map(Column::name).collect(Collectors.toUnmodifiableSet());
    }
}
