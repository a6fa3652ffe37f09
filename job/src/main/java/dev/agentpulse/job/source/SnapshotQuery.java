package dev.agentpulse.job.source;

import dev.agentpulse.job.config.SourceConfig;
import dev.agentpulse.job.model.SourceTable;
import dev.agentpulse.job.preflight.SourceColumn;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The query that reads of a table what can still matter: rows that lie in a window or ahead of time, that are pending, or
 * that were decided within the longest window. Each condition can use an index of its own.
 */
final class SnapshotQuery {

    private SnapshotQuery() {}

    /**
     * The query; {@link #bind} gives it its parameters.
     *
     * @param pending the condition on what is pending; null for none
     */
    static String of(SourceConfig source, SourceTable table, @Nullable String pending) {
        String columns =
                SourceColumn.of(table).stream().map(SnapshotQuery::text).collect(Collectors.joining(", "));
        return "SELECT " + columns + " FROM " + source.table(table).quoted() + " AS t, (SELECT ?::timestamptz AS since)"
                + " AS bound WHERE " + condition(table, pending);
    }

    /**
     * A value as the log prints it: by its type's output function, which a cast to text is not always. A character more
     * than is looked at tells that a value is too long, and the rest of it stays where it is.
     */
    static String text(SourceColumn column) {
        return "CASE WHEN t.%1$s IS NOT NULL THEN left(format('%%s', t.%1$s), %2$d) END"
                .formatted(column.name(), column.length() + 1);
    }

    private static String condition(SourceTable table, @Nullable String pending) {
        // A row without a time is in no window, but the ledger tells of it.
        String created = "t.created_at > bound.since OR t.created_at IS NULL";
        if (table != SourceTable.APPROVALS) {
            return created;
        }
        String recent = created + " OR t.updated_at > bound.since";
        return pending == null ? recent : recent + " OR " + pending;
    }

    /** Binds the bound: rows that are older than it matter to no window. */
    static void bind(PreparedStatement statement, long sinceMicros) throws SQLException {
        statement.setString(
                1, Instant.EPOCH.plus(sinceMicros, ChronoUnit.MICROS).toString());
    }
}
