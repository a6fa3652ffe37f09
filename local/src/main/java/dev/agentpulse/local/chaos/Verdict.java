package dev.agentpulse.local.chaos;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whether results equal plain SQL over the source tables, and whether every alert and channel message that the source
 * implies is there exactly once. To be asked while nobody writes and results are complete.
 */
final class Verdict {

    private static final List<String> RESULT_TABLES = List.of(
            "agent_performance",
            "agent_health",
            "approval_queue",
            "approval_activity",
            "training_quality",
            "annotator_activity");
    private static final int SHOWN = 5;

    private final Connection connection;
    private final Instant since;

    /** Judges messages and alerts of what happened after a moment: what a lost slot swallowed is no message any more. */
    Verdict(Connection connection, Instant since) {
        this.connection = connection;
        this.since = since;
    }

    /** One sentence for each difference, at most a few of each kind; empty when all is well. */
    List<String> differences() throws SQLException {
        List<String> differences = new ArrayList<>();
        for (String table : RESULT_TABLES) {
            differences.addAll(againstOracle(table));
        }
        rows(SqlFile.oracle("missing_rows")).forEach(row -> differences.add("missing row: " + row));
        for (Map.Entry<String, String> check : ExactlyOnce.CHECKS.entrySet()) {
            rows(check.getValue()).forEach(row -> differences.add(check.getKey() + ": " + row));
        }
        return differences;
    }

    private List<String> againstOracle(String table) throws SQLException {
        String oracle = SqlFile.oracle(table);
        String columns = columns(oracle);
        // One statement, so that both sides see the same moment: rows go on being rewritten as time passes.
        return rows("""
                WITH result AS MATERIALIZED (SELECT %2$s FROM agentpulse.%1$s),
                     oracle AS MATERIALIZED (SELECT %2$s FROM (%3$s) AS answer)
                SELECT '%1$s is', r.* FROM (TABLE result EXCEPT ALL TABLE oracle) AS r
                UNION ALL
                SELECT '%1$s should be', o.* FROM (TABLE oracle EXCEPT ALL TABLE result) AS o
                """.formatted(table, columns, oracle));
    }

    private String columns(String query) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement("SELECT * FROM (" + query + ") AS answer LIMIT 0");
                ResultSet none = statement.executeQuery()) {
            ResultSetMetaData columns = none.getMetaData();
            List<String> names = new ArrayList<>();
            for (int column = 1; column <= columns.getColumnCount(); column++) {
                names.add(columns.getColumnName(column));
            }
            return String.join(", ", names);
        }
    }

    private List<String> rows(String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        int total = 0;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int index = 1; index <= statement.getParameterMetaData().getParameterCount(); index++) {
                statement.setObject(index, since.atOffset(ZoneOffset.UTC));
            }
            try (ResultSet rows = statement.executeQuery()) {
                int columns = rows.getMetaData().getColumnCount();
                while (rows.next()) {
                    total++;
                    if (found.size() < SHOWN) {
                        List<String> values = new ArrayList<>();
                        for (int column = 1; column <= columns; column++) {
                            values.add(String.valueOf(rows.getString(column)));
                        }
                        found.add(String.join(" | ", values));
                    }
                }
            }
        }
        if (total > found.size()) {
            found.add("and " + (total - found.size()) + " more");
        }
        return found;
    }
}
