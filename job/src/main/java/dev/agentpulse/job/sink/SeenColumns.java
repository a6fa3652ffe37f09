package dev.agentpulse.job.sink;

import dev.agentpulse.job.audit.DailyQuality;
import dev.agentpulse.job.config.TableName;
import dev.agentpulse.job.model.SourceTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a source table came, went or changed their type since the daily checks saw it last, all of them and not only
 * those that are read. What was seen is kept in {@code source_shape} beside what the job began with.
 */
final class SeenColumns {

    /** What the rows of {@code source_shape} begin with that are not of the job's begin. */
    static final String PREFIX = "daily ";

    private static final String SEEN_ON = "SELECT fact FROM agentpulse.source_shape WHERE what = ?";

    private static final String IS = """
            SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type
              FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE n.nspname = ? AND c.relname = ?""";

    private static final String DIFFERENCES = "WITH now_there AS (" + IS + "), seen AS ("
            + "SELECT substr(what, length(?) + 1) AS name, fact AS type FROM agentpulse.source_shape WHERE starts_with(what, ?)"
            + """
            ), difference AS (
                SELECT name, CASE WHEN s.name IS NULL THEN 'columns_added' WHEN i.name IS NULL THEN 'columns_dropped'
                                  WHEN i.type <> s.type THEN 'column_types_changed' END AS check_name
                  FROM now_there i FULL JOIN seen s USING (name)
            )
            SELECT 'schema' AS dimension, c.check_name, count(d.name)::numeric AS value, 0 AS warn_above, 100 AS fail_above,
                   to_jsonb((array_agg(d.name ORDER BY d.name) FILTER (WHERE d.name IS NOT NULL))[1:5]) AS sample_json
              FROM unnest(ARRAY['columns_added', 'columns_dropped', 'column_types_changed']) AS c (check_name)
              LEFT JOIN difference d USING (check_name)
             GROUP BY c.check_name ORDER BY c.check_name""";

    private static final String FORGET = "DELETE FROM agentpulse.source_shape WHERE what = ? OR starts_with(what, ?)";

    private static final String REMEMBER = "INSERT INTO agentpulse.source_shape (what, fact)"
            + " SELECT ? || i.name, i.type FROM (" + IS + ") AS i UNION ALL SELECT ?, ?";

    private final Connection connection;

    /** @param connection the tick writer's, with auto-commit off */
    SeenColumns(Connection connection) {
        this.connection = connection;
    }

    /**
     * Compares with what was seen last, and remembers what is there now, in the transaction of the caller. Of a day that is not
     * newer than the last one it checks nothing: the columns of that day are not known any more.
     */
    List<DailyQuality.Check> check(SourceTable table, TableName name, LocalDate day) throws SQLException {
        String seen = PREFIX + table.label();
        String column = seen + " column ";
        String last = lastSeen(seen);
        if (last != null && !LocalDate.parse(last).isBefore(day)) {
            return List.of();
        }
        List<DailyQuality.Check> checks = new ArrayList<>();
        if (last != null) {
            try (PreparedStatement query = connection.prepareStatement(DIFFERENCES)) {
                query.setString(1, name.schema());
                query.setString(2, name.table());
                query.setString(3, column);
                query.setString(4, column);
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        checks.add(DailyQuality.check(row));
                    }
                }
            }
        }
        try (PreparedStatement forget = connection.prepareStatement(FORGET);
                PreparedStatement remember = connection.prepareStatement(REMEMBER)) {
            forget.setString(1, seen);
            forget.setString(2, column);
            forget.executeUpdate();
            remember.setString(1, column);
            remember.setString(2, name.schema());
            remember.setString(3, name.table());
            remember.setString(4, seen);
            remember.setString(5, day.toString());
            remember.executeUpdate();
        }
        return checks;
    }

    private @Nullable String lastSeen(String seen) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(SEEN_ON)) {
            query.setString(1, seen);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }
}
