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
                    "agent_queries",
                    "s.agent = span.subject",
                    List.of("created_at"),
                    Map.of("latencies", distribution("value", "latency_values", "latency_counts")),
                    "(h.query_count, h.latency_count, h.latency_sum_ms, h.approved_count, h.rejected_count,"
                            + " h.human_edited_count, h.latency_values) <> (0, 0, 0, 0, 0, 0, '{}')"),
            new Table(
                    "approval_history",
                    "queue",
                    "agent_approvals",
                    "true",
                    List.of("created_at", "updated_at"),
                    Map.of("resolutions", distribution("value", "resolution_values", "resolution_counts")),
                    "(h.requested_count, h.pending_count, h.approved_count, h.rejected_count, h.expired_count,"
                            + " h.resolution_sum_seconds, h.resolution_values) <> (0, 0, 0, 0, 0, 0, '{}')"),
            new Table(
                    "training_history",
                    "dataset",
                    "agent_feedback",
                    "true",
                    List.of("created_at"),
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
     * @param source the table that the oracle reads
     * @param ofSubject whether a source row {@code s} is of the subject of a bucket {@code span}
     * @param times by any of which it is in a bucket
     * @param distributions columns that only the oracle has, and what they are made of
     * @param notEmpty whether a row holds anything: the oracle has no rows of zeros
     */
    private record Table(
            String name,
            String subject,
            String source,
            String ofSubject,
            List<String> times,
            Map<String, String> distributions,
            String notEmpty) {}

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
            // An oracle's rows are taken for far fewer than they are, and a loop would add up all of them again for
            // each.
            Sql.run(connection, "SET LOCAL enable_nestloop = off", "SET LOCAL jit = off");
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

    /**
     * Of some buckets, those that have ended and are wrong, missing or one too many, in words, by the snapshot of the
     * transaction that is open. Of the source it reads the rows in these buckets alone, so it may be asked again and again
     * where the table has an index in whose order they are found.
     */
    public static List<String> differences(Connection connection, HistoryBuckets some) throws SQLException {
        Table table = TABLES.stream()
                .filter(known -> known.name().equals(some.table()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no history table " + some.table()));
        String spans = "span (subject, since, until) AS (VALUES " + some.values() + "), ";
        String rows = inEachSpan("agentpulse." + table.name() + " AS s WHERE s." + table.subject()
                + " = span.subject AND s.bucket = '" + some.length() + "' AND s.bucket_start = span.since");
        String sourceRows = table.times().stream()
                .map(time -> inEachSpan("public." + table.source() + " AS s WHERE " + table.ofSubject() + " AND s."
                        + time + " >= span.since AND s." + time + " < span.until"))
                // A row of two buckets once; its id keeps it apart from others.
                .collect(Collectors.joining(" UNION "));
        String oracle = "SELECT answer.* FROM ("
                + Oracle.query(table.name())
                        .replace("FROM public." + table.source(), "FROM (" + sourceRows + ") AS " + table.source())
                + ") AS answer WHERE answer.bucket = '" + some.length() + "' AND (answer." + table.subject()
                + ", answer.bucket_start) IN (SELECT subject, since FROM span)";
        return differences(connection, table, spans, "(" + rows + ")", oracle);
    }

    /** Row by row of the spans, by an index, whatever the planner believes that they hold. */
    private static String inEachSpan(String rows) {
        return "SELECT found.* FROM span CROSS JOIN LATERAL (SELECT * FROM " + rows + " OFFSET 0) AS found";
    }

    private static List<String> differences(Connection connection, Table table) throws SQLException {
        return differences(connection, table, "", "agentpulse." + table.name(), Oracle.query(table.name()));
    }

    /**
     * @param spans a common table expression that the two others use, and a comma; empty where they use none
     * @param rows what is compared of the history table
     */
    private static List<String> differences(
            Connection connection, Table table, String spans, String rows, String oracle) throws SQLException {
        String key = table.subject() + ", bucket, bucket_start";
        List<String> columns = Sql.columns(connection, Oracle.query(table.name()));
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
        return Sql.rows(
                connection, """
                WITH %7$sresult AS MATERIALIZED (
                    SELECT %1$s, h.final
                    FROM %8$s AS h
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
                """.formatted(figures, oracle, key, wrong, table.name(), table.notEmpty(), spans, rows));
    }
}
