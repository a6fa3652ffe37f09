package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.AgentHistoryChange;
import java.util.List;

/**
 * Adds corrections to rows of {@code agent_performance_history} that are final, of all lengths at once. A bucket that held
 * nothing has no row yet, and gets it.
 */
final class AgentHistoryCorrectStatement extends BatchStatement<WrittenHistory<AgentHistoryChange>> {

    private final String sql;

    /** @param slowMs a query is slow if it took longer than this */
    AgentHistoryCorrectStatement(int slowMs) {
        super(
                HistorySql.TABLE,
                2,
                WrittenHistory.columns(
                        List.of(
                                Column.text("agent", change -> change.what().agent()),
                                Column.time(
                                        "minute_start", change -> change.what().minuteMicros()),
                                Column.integer(
                                        "ended_buckets", change -> change.what().endedBuckets()),
                                Column.time("as_of", change -> change.tick().asOfMicros()),
                                WrittenHistory.lsnColumn()),
                        WrittenHistory.partColumns(AgentHistoryChange::parts)));
        sql = """
                WITH change AS MATERIALIZED (SELECT %1$s FROM %2$s),
                lifted AS MATERIALIZED (
                    SELECT change.*, length.bucket, length.duration, %3$s AS bucket_start
                    FROM change JOIN %4$s ON length.number <= change.ended_buckets
                    WHERE %3$s >= %5$s),
                summed AS MATERIALIZED (
                    SELECT agent, bucket, bucket_start, bucket_start + duration AS bucket_end, %6$s,
                           max(as_of) AS as_of, max(commit_lsn) AS commit_lsn,
                           -- What was purged is no correction.
                           bool_or((query_count, latency_sum_ms, approved_count, rejected_count, human_edited_count,
                               latency_values) <> (0, 0, 0, 0, 0, '{}'))::integer AS corrections
                    FROM lifted GROUP BY agent, bucket, bucket_start, duration),
                stored AS MATERIALIZED (
                    SELECT s.agent, s.bucket, s.bucket_start, h.latency_values, h.latency_counts, %7$s
                    FROM summed AS s JOIN %8$s AS h
                        ON h.agent = s.agent AND h.bucket = s.bucket AND h.bucket_start = s.bucket_start
                            AND h.zone = 'UTC'),
                entry AS (
                    SELECT l.agent, l.bucket, l.bucket_start, e.value, e.times
                    FROM lifted AS l, unnest(l.latency_values, l.latency_counts) AS e (value, times)
                    UNION ALL
                    SELECT s.agent, s.bucket, s.bucket_start, e.value, e.times
                    FROM stored AS s, unnest(s.latency_values, s.latency_counts) AS e (value, times)),
                %9$s
                INSERT INTO %8$s AS t (agent, bucket, bucket_start, bucket_end, %10$s, latency_values, latency_counts,
                    %11$s, slow_query_count, final, revision, corrected_at, as_of, commit_lsn)
                SELECT s.agent, s.bucket, s.bucket_start, s.bucket_end, %12$s,
                    coalesce(g.latency_values, '{}'), coalesce(g.latency_counts, '{}'), %13$s,
                    coalesce(g.slow_query_count, 0), true, s.corrections, CASE WHEN s.corrections > 0 THEN s.as_of END,
                    s.as_of, s.commit_lsn
                FROM summed AS s
                LEFT JOIN stored AS h USING (agent, bucket, bucket_start)
                LEFT JOIN histogram AS g USING (agent, bucket, bucket_start)
                ON CONFLICT (%14$s) DO UPDATE SET %15$s, revision = t.revision + EXCLUDED.revision,
                    corrected_at = coalesce(EXCLUDED.corrected_at, t.corrected_at)""".formatted(
                        names(),
                        source(),
                        HistorySql.start("length.duration", "change.minute_start"),
                        HistorySql.LENGTHS,
                        HistorySql.completeFrom("length.bucket"),
                        HistorySql.join(HistorySql.SUMS, "sum($)::bigint AS $"),
                        HistorySql.join(HistorySql.SUMS, "h.$"),
                        HistorySql.TABLE,
                        HistorySql.histogram(slowMs),
                        HistorySql.join(HistorySql.SUMS, "$"),
                        HistorySql.join(HistorySql.FROM_HISTOGRAM, "$"),
                        HistorySql.join(HistorySql.SUMS, "s.$ + coalesce(h.$, 0)"),
                        HistorySql.join(HistorySql.FROM_HISTOGRAM, "g.$"),
                        HistorySql.KEY,
                        HistorySql.join(HistorySql.REWRITTEN, "$ = EXCLUDED.$"));
    }

    @Override
    String sql() {
        return sql;
    }
}
