package dev.agentpulse.job.source;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.preflight.SourceColumn;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;

/**
 * The query that reads of a table what can still matter: rows that lie in a window or ahead of time, that are pending, or
 * that were decided within the longest window. Each condition can use an index of its own.
 */
final class SnapshotQuery {

    private SnapshotQuery() {}

    /** The query; {@link #bind} gives it its parameters. */
    static String of(SourceConfig source, SourceTable table) {
        String columns =
                SourceColumn.of(table).stream().map(SnapshotQuery::text).collect(Collectors.joining(", "));
        return "SELECT " + columns + " FROM " + source.table(table).quoted() + " AS t, (SELECT ?::timestamptz AS since)"
                + " AS bound WHERE " + condition(table);
    }

    /**
     * A value as the log prints it: by its type's output function, which a cast to text is not always. A character more
     * than is looked at tells that a value is too long, and the rest of it stays where it is.
     */
    static String text(SourceColumn column) {
        return "CASE WHEN t.%1$s IS NOT NULL THEN left(format('%%s', t.%1$s), %2$d) END"
                .formatted(column.name(), column.length() + 1);
    }

    private static String condition(SourceTable table) {
        // A row without a time is in no window, but the ledger tells of it.
        String created = "t.created_at > bound.since OR t.created_at IS NULL";
        return switch (table) {
            case QUERIES, FEEDBACK -> created;
            case APPROVALS -> created + " OR t.updated_at > bound.since OR t.status = 'pending'";
        };
    }

    /** Binds the bound: rows that are older than it matter to no window. */
    static void bind(PreparedStatement statement, long sinceMicros) throws SQLException {
        statement.setString(
                1, Instant.EPOCH.plus(sinceMicros, ChronoUnit.MICROS).toString());
    }
}
