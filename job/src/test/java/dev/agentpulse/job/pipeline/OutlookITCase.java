package dev.agentpulse.job.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.sql.Database;
import dev.agentpulse.job.sql.SqlServer;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A job that starts anew looks ahead at once, from history and from the rows of its snapshot; plain SQL comes to the same. */
class OutlookITCase {

    /** History up to 75 minutes ago, rows of the last 25: the snapshot begins to count somewhere between. */
    private static final String PAST = """
            INSERT INTO agentpulse.agent_performance_history (agent, bucket, bucket_start, bucket_end, query_count,
                latency_count, latency_sum_ms, latency_values, latency_counts, approved_count, rejected_count,
                human_edited_count, slow_query_count, final, as_of, commit_lsn)
            SELECT agent, bucket, start, start + interval '15 minutes', n, n, n * 900, '{900}', ARRAY[n], n / 2, n / 9, n / 5, n,
                   true, now(), '0/0'
              FROM (SELECT 'sales' AS agent, start, 20 + extract(hour FROM start)::int + (extract(day FROM start)::int * 7) % 5 AS n
                      FROM generate_series(date_bin('15 minutes', now(), 'epoch') - interval '17 days',
                                           date_bin('15 minutes', now(), 'epoch') - interval '90 minutes',
                                           interval '15 minutes') AS start) AS made, unnest(ARRAY['15m', '1h']) AS bucket
             WHERE bucket = '15m' OR date_part('minute', start) = 0
            """;

    /** {@code F} of the next slots, by the formula. */
    private static final String FORECAST = """
            WITH f AS (SELECT *, (extract(epoch FROM first_slot) / 900)::bigint AS open FROM agentpulse.agent_forecast
                        WHERE agent = 'sales' AND measure = 'query_count'),
            counted AS (
                SELECT (extract(epoch FROM bucket_start) / 900)::bigint AS slot, query_count AS n
                  FROM agentpulse.agent_performance_history
                 WHERE agent = 'sales' AND bucket = '15m' AND bucket_start < now() - interval '80 minutes'
                UNION ALL
                SELECT floor(extract(epoch FROM created_at) / 900)::bigint, 1 FROM agent_queries WHERE agent = 'sales'),
            x AS (SELECT slot, coalesce(sum(n), 0) AS n
                    FROM f CROSS JOIN generate_series(open - 1441, open - 1) AS slot LEFT JOIN counted USING (slot)
                   GROUP BY slot),
            f0 AS (
                SELECT s.at, (y.n + avg(k.n + (SELECT avg(n) FROM x WHERE slot BETWEEN s.last - 95 AND s.last)
                        - (SELECT avg(n) FROM x
                            WHERE slot BETWEEN s.last - 672 * weeks - 95 AND s.last - 672 * weeks))) / 2 AS value
                  FROM f CROSS JOIN LATERAL (
                           SELECT open - 1 AS at, open - 2 AS last UNION ALL SELECT open + h, open - 1
                             FROM generate_series(0, 95) AS h) AS s
                  JOIN x AS y ON y.slot = s.at - 96
                  CROSS JOIN generate_series(1, 2) AS weeks
                  JOIN x AS k ON k.slot = s.at - 672 * weeks
                 GROUP BY s.at, y.n, s.last),
            error AS (SELECT x.n - f0.value AS value FROM f0 JOIN x ON x.slot = f0.at)
            SELECT count(*) FILTER (WHERE abs(e.expected - greatest(0, f0.value + error.value * 0.8 ^ (e.h / 4.0))) > 0.002),
                   count(*)
              FROM f CROSS JOIN error CROSS JOIN unnest(f.expected) WITH ORDINALITY AS e (expected, h)
              JOIN f0 ON f0.at = f.open + e.h - 1
            """;

    @RegisterExtension
    static final SqlServer SERVER = SqlServer.shared();

    @RegisterExtension
    static final PipelineCluster CLUSTER = new PipelineCluster();

    @Test
    void looksAheadFromItsFirstTickAndGoesOnAfterARestart() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        database.makeHistoryPartitions("now() - interval '17 days'", "now()");
        try (Connection connection = database.connect();
                // It would replace the history of today, which is made up, by what the table holds.
                Pipeline pipeline = CLUSTER.pipeline(database).with(JobOptions.HISTORY_BACKFILL, false)) {
            Sql.run(
                    connection,
                    PAST,
                    "INSERT INTO agent_queries (agent, latency_ms, approved, created_at) SELECT 'sales', 900, n % 3 > 0,"
                            + " now() - n * interval '10 seconds' FROM generate_series(1, 150) n",
                    "INSERT INTO agent_approvals (conversation_id, status, created_at) SELECT 'c', 'pending', now()"
                            + " FROM generate_series(1, 7)",
                    "INSERT INTO agentpulse.agent_capacity (agent, capacity) VALUES ('sales', 0.01)");
            pipeline.startAndCatchUp();

            assertThat(Sql.rows(connection, FORECAST)).containsExactly("0|96");
            assertThat(Sql.rows(connection, """
                            SELECT measure, basis, cardinality(expected), cardinality(low), cardinality(high), slot_seconds,
                                   first_slot = date_bin('15 minutes', as_of, 'epoch'), commit_lsn > '0/0'
                              FROM agentpulse.agent_forecast ORDER BY measure"""))
                    .containsExactly(
                            "concurrency|two_weeks|96|96|96|900|t|t", "query_count|two_weeks|96|96|96|900|t|t");
            assertThat(Sql.rows(connection, """
                            SELECT agent, rate_5m > 1, latency_5m_ms, change_vs_yesterday_pct IS NOT NULL,
                                   change_vs_last_week_pct IS NOT NULL FROM agentpulse.agent_trend""")).containsExactly("sales|t|900.00|t|t");
            assertThat(Sql.rows(connection, """
                            SELECT quality_score IS NOT NULL, quality_score_adjusted BETWEEN quality_low AND quality_high,
                                   reviewed_n > 100, confidence FROM agentpulse.agent_quality""")).containsExactly("t|t|t|high");
            assertThat(Sql.rows(connection, """
                            SELECT capacity_source, headroom_pct < 0, exhausted_at IS NOT NULL
                              FROM agentpulse.agent_headroom""")).containsExactly("set|t|t");
            assertThat(Sql.rows(connection, """
                            SELECT measure, basis, minutes_to_clear, breaches_next_15m, approvers_needed
                              FROM agentpulse.approval_forecast ORDER BY measure"""))
                    .containsExactly("pending|level|null|7|null", "requested|level|null|null|null");

            pipeline.awaitCheckpoint();
            pipeline.restart();
            pipeline.awaitComplete();
            assertThat(Sql.rows(connection, FORECAST)).containsExactly("0|96");
            assertThat(Sql.rows(connection, "SELECT DISTINCT basis FROM agentpulse.agent_forecast"))
                    .isEqualTo(List.of("two_weeks"));
        }
    }
}
