package dev.agentpulse.proof;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares result tables with {@code sql/oracle}: the same figures by plain SQL over the source tables. Ask only when
 * the results have caught up with a source that is not written to: a result row lags behind a change by its nature.
 */
public final class Oracle {

    /** The result tables that an oracle exists for. */
    public static final List<String> RESULT_TABLES = List.of(
            "agent_performance",
            "agent_health",
            "approval_queue",
            "approval_activity",
            "training_quality",
            "annotator_activity");

    private Oracle() {}

    /** Every row that is wrong or missing, in words; empty when all results are right. */
    public static List<String> differences(Connection connection) throws SQLException {
        List<String> differences = new ArrayList<>();
        for (String table : RESULT_TABLES) {
            differences.addAll(differences(connection, table));
        }
        for (String row : Sql.rows(connection, query("missing_rows"))) {
            differences.add("missing: " + row);
        }
        return differences;
    }

    /** Every row of one result table that differs, as it is and as it should be. */
    public static List<String> differences(Connection connection, String table) throws SQLException {
        String oracle = query(table);
        String columns = String.join(", ", Sql.columns(connection, oracle));
        // One statement: both sides see the same moment, while the job goes on rewriting rows as time passes.
        return Sql.rows(connection, """
                WITH result AS MATERIALIZED (SELECT %2$s FROM agentpulse.%1$s),
                     oracle AS MATERIALIZED (SELECT %2$s FROM (%3$s) AS answer)
                SELECT '%1$s is', r.* FROM (TABLE result EXCEPT ALL TABLE oracle) AS r
                UNION ALL
                SELECT '%1$s should be', o.* FROM (TABLE oracle EXCEPT ALL TABLE result) AS o
                """.formatted(table, columns, oracle));
    }

    /** The oracle's query for a result table, as {@code sql/oracle} has it. */
    public static String query(String name) {
        String path = "/sql/oracle/" + name + ".sql";
        try (InputStream file = Oracle.class.getResourceAsStream(path)) {
            if (file == null) {
                throw new IllegalArgumentException("no oracle on the class path at " + path);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }
}
