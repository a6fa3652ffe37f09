package dev.agentpulse.proof;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What the result tables say, and how that differs from what plain SQL says of the source tables. */
public final class Results {

    private Results() {}

    /**
     * Every difference; percentiles may lie up to 1 % above where the contract allows it, and nothing else may.
     *
     * @return the rows that are wrong, in words
     */
    public static List<String> differences(Connection connection) throws SQLException {
        List<String> differences = new ArrayList<>();
        for (String table : List.of("agent_health", "approval_queue", "training_quality", "annotator_activity")) {
            differences.addAll(Oracle.differences(connection, table));
        }
        differences.addAll(differences(
                connection,
                "agent_performance",
                List.of("agent", "window_name"),
                List.of("p50_latency_ms", "p95_latency_ms", "p99_latency_ms"),
                10_000));
        differences.addAll(differences(
                connection,
                "approval_activity",
                List.of("window_name"),
                List.of("p50_resolution_seconds", "p95_resolution_seconds"),
                3_600));
        differences.addAll(History.differences(connection));
        for (String row : Sql.rows(connection, Oracle.query("missing_rows"))) {
            differences.add("missing: " + row);
        }
        for (String count : Sql.rows(
                connection,
                "SELECT details ->> 'unmatched_retractions' FROM agentpulse.pipeline_status"
                        + " WHERE details ->> 'unmatched_retractions' <> '0'")) {
            differences.add("before images that were not found: " + count);
        }
        return differences;
    }

    /**
     * @param exactUpTo percentiles up to here are exact
     */
    private static List<String> differences(
            Connection connection, String table, List<String> key, List<String> percentiles, int exactUpTo)
            throws SQLException {
        String oracle = Oracle.query(table);
        List<String> wrong = new ArrayList<>();
        for (String column : Sql.columns(connection, oracle)) {
            String same = "r." + column + " IS NOT DISTINCT FROM o." + column;
            if (percentiles.contains(column)) {
                // In hundredths, as both are rounded to.
                same = "(" + same + " OR o." + column + " > " + exactUpTo + " AND r." + column + " BETWEEN o." + column
                        + " AND round(o." + column + " * 1.01, 2) + 0.01)";
            }
            wrong.add("CASE WHEN NOT " + same + " THEN '" + column + " is ' || coalesce(r." + column
                    + "::text, 'null') || ' and should be ' || coalesce(o." + column + "::text, 'null') END");
        }
        return Sql.rows(connection, """
                SELECT * FROM (
                    SELECT '%1$s', %2$s, r.window_start, r.window_end, nullif(concat_ws(', ', %3$s), '') AS wrong
                    FROM agentpulse.%1$s AS r FULL JOIN (%4$s) AS o USING (%2$s)
                ) AS compared WHERE wrong IS NOT NULL
                """.formatted(table, String.join(", ", key), String.join(", ", wrong), oracle));
    }

    /** Messages that name their row, as {@link Expected#messages} has them. */
    public static List<String> messages(Connection connection) throws SQLException {
        return sorted(connection, """
                SELECT payload ->> 'event', payload ->> 'id', count(*) FROM agentpulse.channel_event
                WHERE channel IN ('agent_queries_stream', 'approval_queue_stream', 'training_feedback_stream')
                GROUP BY 1, 2
                """);
    }

    /** Alerts of a rule by row, as {@link Expected#slowAlerts} has them. */
    public static List<String> alerts(Connection connection, String rule) throws SQLException {
        return sorted(
                connection,
                "SELECT rule, subject, count(*) FROM agentpulse.alert WHERE rule = '" + rule + "' GROUP BY 1, 2");
    }

    public static int count(Connection connection, String event) throws SQLException {
        return Integer.parseInt(Sql.rows(
                        connection,
                        "SELECT count(*) FROM agentpulse.channel_event WHERE payload ->> 'event' = '" + event + "'")
                .get(0));
    }

    /** Unusable rows, as {@link Expected#ledger} has them. */
    public static List<String> ledger(Connection connection) throws SQLException {
        return sorted(
                connection,
                "SELECT source_table, row_key, reason FROM agentpulse.rejected_change"
                        + " WHERE reason NOT IN ('future_timestamp', 'illegal_transition')");
    }

    public static List<String> futureNotes(Connection connection) throws SQLException {
        return sorted(
                connection,
                "SELECT DISTINCT source_table, row_key FROM agentpulse.rejected_change"
                        + " WHERE reason = 'future_timestamp'");
    }

    private static List<String> sorted(Connection connection, String query) throws SQLException {
        return Sql.rows(connection, query).stream().sorted().toList();
    }

    /**
     * Approvals that wait too long without an open alert or with more than one, and alerts that are open without reason,
     * as of the time of the results.
     */
    public static List<String> openSlaAlertDifferences(Connection connection) throws SQLException {
        return openAlertDifferences(connection, """
                SELECT approval.id::text FROM agent_approvals AS approval, agentpulse.pipeline_status AS status
                WHERE approval.status = 'pending' AND approval.created_at <= status.as_of - interval '5 minutes'
                  AND isfinite(approval.created_at) AND approval.created_at >= '0001-01-01 00:00:00+00'
                  AND (approval.updated_at IS NULL OR isfinite(approval.updated_at)
                      AND approval.updated_at >= '0001-01-01 00:00:00+00'
                      AND approval.updated_at < '10000-01-01 00:00:00+00')
                """, "approval_sla_breach");
    }

    /** The same for answers that are unsafe now; rows that a snapshot read have no alert. */
    public static List<String> openUnsafeAlertDifferences(Connection connection) throws SQLException {
        return openAlertDifferences(connection, """
                SELECT id::text FROM agent_feedback
                WHERE NOT safe_to_send AND isfinite(created_at) AND created_at >= '0001-01-01 00:00:00+00'
                  AND created_at < '10000-01-01 00:00:00+00'
                  AND (updated_at IS NULL OR isfinite(updated_at) AND updated_at >= '0001-01-01 00:00:00+00'
                      AND updated_at < '10000-01-01 00:00:00+00')
                  AND coalesce(jsonb_typeof(rubric), 'null') IN ('null', 'object')
                  AND coalesce(jsonb_typeof(rubric -> 'clarity'), 'null') IN ('null', 'number')
                  AND coalesce(jsonb_typeof(rubric -> 'accuracy'), 'null') IN ('null', 'number')
                  AND coalesce(jsonb_typeof(rubric -> 'tone'), 'null') IN ('null', 'number')
                """, "unsafe_response");
    }

    /** One statement, so that both sides are of one moment. */
    private static List<String> openAlertDifferences(Connection connection, String source, String rule)
            throws SQLException {
        return Sql.rows(connection, """
                WITH source (id) AS MATERIALIZED (%1$s), open (id) AS MATERIALIZED (
                    SELECT subject FROM agentpulse.alert WHERE rule = '%2$s' AND status <> 'resolved')
                SELECT '%2$s is not open:', * FROM (TABLE source EXCEPT ALL TABLE open) AS missing
                UNION ALL
                SELECT '%2$s should not be open:', * FROM (TABLE open EXCEPT ALL TABLE source) AS surplus
                """.formatted(source, rule));
    }
}
