package dev.agentpulse.proof;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** What {@code agent_performance_history} holds of buckets that have ended, and how that differs from plain SQL. */
public final class History {

    private static final String KEY = "agent, bucket, bucket_start";

    /** The distribution, one value for each query. */
    private static final String LATENCIES =
            "(SELECT array_agg(value ORDER BY value) FROM unnest(h.latency_values, h.latency_counts)"
                    + " AS e (value, times), generate_series(1, e.times)) AS latencies";

    private History() {}

    /** Every bucket that is wrong, missing or one too many, in words; for tables of which nothing was purged. */
    public static List<String> differences(Connection connection) throws SQLException {
        String oracle = Oracle.query("agent_performance_history");
        List<String> columns = Sql.columns(connection, oracle);
        String wrong = columns.stream()
                .filter(column -> !KEY.contains(column))
                .map(column -> "CASE WHEN r." + column + " IS DISTINCT FROM o." + column + " THEN '" + column
                        + " is ' || coalesce(r." + column + "::text, 'null') || ' and should be ' || coalesce(o."
                        + column
                        + "::text, 'null') END")
                .collect(Collectors.joining(", "));
        String figures = columns.stream()
                .map(column -> column.equals("latencies") ? LATENCIES : "h." + column)
                .collect(Collectors.joining(", "));
        return Sql.rows(connection, """
                WITH result AS MATERIALIZED (
                    SELECT %1$s, h.final
                    FROM agentpulse.agent_performance_history AS h
                    JOIN agentpulse.history_reach AS reach
                        ON reach.history_table = 'agent_performance_history' AND reach.bucket = h.bucket
                    WHERE h.bucket_start >= reach.complete_from
                      AND h.bucket_end <= (SELECT min(as_of) FROM agentpulse.pipeline_status)
                      AND (h.query_count, h.latency_count, h.latency_sum_ms, h.approved_count, h.rejected_count,
                              h.human_edited_count, h.latency_values) <> (0, 0, 0, 0, 0, 0, '{}')),
                oracle AS MATERIALIZED (%2$s)
                SELECT * FROM (
                    SELECT 'agent_performance_history', %3$s,
                        nullif(concat_ws(', ', CASE WHEN NOT r.final THEN 'is not final' END, %4$s), '') AS wrong
                    FROM result AS r FULL JOIN oracle AS o USING (%3$s)
                ) AS compared WHERE wrong IS NOT NULL
                """.formatted(figures, oracle, KEY, wrong));
    }
}
