package dev.agentpulse.local.stack.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How far a job that starts is with reading the tables, as it writes into {@code pipeline_status} before its first tick. */
public final class SnapshotProgress {

    private static final String QUERY = """
            SELECT entry.key, (entry.value ->> 'rows')::bigint, (entry.value ->> 'done')::boolean
              FROM agentpulse.pipeline_status AS status,
                   jsonb_each((status.details ->> 'snapshot')::jsonb -> 'tables') AS entry
             ORDER BY entry.key
            """;

    private SnapshotProgress() {}

    /**
     * Each table with its rows so far, in one line.
     *
     * @return an empty text when no job reads tables, or when it writes no progress
     */
    public static String read(Connection connection) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(QUERY)) {
            while (rows.next()) {
                tables.add(String.format(
                        Locale.ROOT,
                        "%s %,d rows%s",
                        rows.getString(1),
                        rows.getLong(2),
                        rows.getBoolean(3) ? "" : " …"));
            }
        }
        return String.join(", ", tables);
    }
}
