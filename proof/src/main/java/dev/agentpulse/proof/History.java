package dev.agentpulse.proof;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the history tables hold of buckets that have ended, and how that differs from plain SQL. */
public final class History {

    private static final List<Table> TABLES = List.of(
            new Table(
                    "agent_performance_history",
                    "agent",
                    Map.of("latencies", distribution("value", "latency_values", "latency_counts")),
                    "(h.query_count, h.latency_count, h.latency_sum_ms, h.approved_count, h.rejected_count,"
                            + " h.human_edited_count, h.latency_values) <> (0, 0, 0, 0, 0, 0, '{}')"),
            new Table(
                    "approval_history",
                    "queue",
                    Map.of("resolutions", distribution("value", "resolution_values", "resolution_counts")),
                    "(h.requested_count, h.pending_count, h.approved_count, h.rejected_count, h.expired_count,"
                            + " h.resolution_sum_seconds, h.resolution_values) <> (0, 0, 0, 0, 0, 0, '{}')"),
            new Table(
                    "training_history",
                    "dataset",
                    Map.of(
                            "all_labels", distribution("value COLLATE \"C\"", "labels", "label_counts"),
                            "all_annotators", distribution("value COLLATE \"C\"", "annotators", "annotator_counts")),
                    "(h.feedback_count, h.safe_count, h.unsafe_count, h.clarity_count, h.accuracy_count, h.tone_count,"
                            + " h.clarity_sum, h.accuracy_sum, h.tone_sum, h.labels, h.annotators)"
                            + " <> (0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '{}')"));

    private History() {}

    /**
     * How to compare a table.
     *
     * @param distributions columns that only the oracle has, and what they are made of
     * @param notEmpty whether a row holds anything: the oracle has no rows of zeros
     */
    private record Table(String name, String subject, Map<String, String> distributions, String notEmpty) {}

    /** A distribution with one value for each row. */
    private static String distribution(String order, String values, String times) {
        return "(SELECT array_agg(value ORDER BY " + order + ") FROM unnest(h." + values + ", h." + times
                + ") AS e (value, times), generate_series(1, e.times))";
    }

    /**
     * Every bucket that is wrong, missing or one too many, in words; for tables of which nothing was purged.
     *
     * <p>Each statement of READ COMMITTED is planned before it takes its snapshot. It misses the rows of a partition that was
     * attached and filled in between, and sees all else that was committed with them. So the snapshot comes first here.
     *
     * @param connection with auto-commit on
     */
    public static List<String> differences(Connection connection) throws SQLException {
        int isolation = connection.getTransactionIsolation();
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setAutoCommit(false);
        try {
            List<String> differences = new ArrayList<>();
            for (Table table : TABLES) {
                differences.addAll(differences(connection, table));
            }
            return differences;
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
            connection.setTransactionIsolation(isolation);
        }
    }

    private static List<String> differences(Connection connection, Table table) throws SQLException {
        String oracle = Oracle.query(table.name());
        String key = table.subject() + ", bucket, bucket_start";
        List<String> columns = Sql.columns(connection, oracle);
        String wrong = columns.stream()
                .filter(column -> !key.contains(column))
                .map(column -> "CASE WHEN r." + column + " IS DISTINCT FROM o." + column + " THEN '" + column
                        + " is ' || coalesce(r." + column + "::text, 'null') || ' and should be ' || coalesce(o."
                        + column
                        + "::text, 'null') END")
                .collect(Collectors.joining(", "));
        String figures = columns.stream()
                .map(column -> table.distributions().getOrDefault(column, "h." + column) + " AS " + column)
                .collect(Collectors.joining(", "));
        return Sql.rows(connection, """
                WITH result AS MATERIALIZED (
                    SELECT %1$s, h.final
                    FROM agentpulse.%5$s AS h
                    JOIN agentpulse.history_reach AS reach
                        ON reach.history_table = '%5$s' AND reach.bucket = h.bucket
                    WHERE h.bucket_start >= reach.complete_from
                      AND h.bucket_start IS DISTINCT FROM reach.incomplete_start
                      AND h.bucket_end <= (SELECT min(as_of) FROM agentpulse.pipeline_status)
                      AND %6$s),
                oracle AS MATERIALIZED (%2$s)
                SELECT * FROM (
                    SELECT '%5$s', %3$s,
                        nullif(concat_ws(', ', CASE WHEN NOT r.final THEN 'is not final' END, %4$s), '') AS wrong
                    FROM result AS r FULL JOIN oracle AS o USING (%3$s)
                ) AS compared WHERE wrong IS NOT NULL
                """.formatted(figures, oracle, key, wrong, table.name(), table.notEmpty()));
    }
}
