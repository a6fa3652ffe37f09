package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.agentpulse.proof.Oracle;
import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The views show what a dashboard saw that read the materialized views of these names: their definitions, in words of our
 * own, are run over the source tables beside them. The result tables are filled by the oracle, which other tests compare
 * with the job.
 */
class ReplacedViewsITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private static final String NOW = "timestamptz '2024-05-01 12:00:00Z'";

    private static final String BUSY = """
            SELECT setseed(0.42);
            INSERT INTO public.agent_queries (agent, latency_ms, approved, created_at)
            SELECT 'agent-' || n % 7, CASE WHEN n % 11 > 0 THEN (random() * 400)::int END,
                   CASE n % 3 WHEN 0 THEN true WHEN 1 THEN false END, @now - random() * interval '70 minutes'
            FROM generate_series(1, 3000) n;
            INSERT INTO public.agent_approvals (conversation_id, status, created_at, updated_at)
            SELECT 'c-' || n, (ARRAY['pending', 'approved', 'rejected', 'expired'])[1 + n % 4],
                   @now - random() * interval '70 minutes', @now - random() * interval '70 minutes'
            FROM generate_series(1, 500) n;
            UPDATE public.agent_approvals SET updated_at = created_at + random() * interval '4 minutes'
            WHERE updated_at < created_at;
            INSERT INTO public.agent_feedback (safe_to_send, annotator, rubric, created_at)
            SELECT CASE n % 3 WHEN 0 THEN true WHEN 1 THEN false END, nullif('ann-' || n % 9, 'ann-0'),
                   jsonb_build_object('clarity', 1 + n % 5, 'tone', 5), @now - random() * interval '26 hours'
            FROM generate_series(1, 800) n
            """;

    /** The last row of each table is half an hour old, and nothing waits. */
    private static final String QUIET = """
            INSERT INTO public.agent_queries (agent, latency_ms, approved, created_at)
            VALUES ('sales', 120, true, @now - interval '30 minutes'), ('sales', 80, NULL, @now - interval '31 minutes');
            INSERT INTO public.agent_approvals (conversation_id, status, created_at, updated_at)
            VALUES ('c-1', 'approved', @now - interval '40 minutes', @now - interval '30 minutes');
            INSERT INTO public.agent_feedback (safe_to_send, annotator, created_at)
            VALUES (false, 'dana', @now - interval '30 minutes'), (NULL, NULL, @now - interval '31 minutes')
            """;

    /** Result rows for every agent, as the job writes them: keys and windows, which the oracle completes. */
    private static final String KEYS = """
            INSERT INTO agentpulse.pipeline_status (component, as_of, tick) VALUES ('tick-writer', @now, 1);
            INSERT INTO agentpulse.agent_performance (agent, window_name, window_start, window_end, query_count,
                slow_query_count, approved_count, rejected_count, unreviewed_count, human_edited_count)
            SELECT DISTINCT agent, w.name, @now - w.size, @now, 0, 0, 0, 0, 0, 0
            FROM public.agent_queries, (VALUES ('1m', interval '1 minute'), ('5m', interval '5 minutes'),
                ('15m', interval '15 minutes'), ('1h', interval '1 hour')) AS w (name, size);
            INSERT INTO agentpulse.agent_health (agent, health_status, since)
            SELECT DISTINCT agent, 'idle', @now FROM public.agent_queries
            """;

    private static final String KEYS_OF_SINGLE_ROWS = """
            INSERT INTO agentpulse.approval_queue (queue, pending_count, sla_breach_count, pending_under_1m,
                pending_1m_to_5m, pending_5m_to_15m, pending_over_15m, as_of) VALUES ('all', 0, 0, 0, 0, 0, 0, @now);
            INSERT INTO agentpulse.approval_activity (window_name, window_start, window_end, requested_count,
                approved_count, rejected_count, expired_count, decided_count, within_sla_count)
            VALUES ('1h', @now - interval '1 hour', @now, 0, 0, 0, 0, 0, 0);
            INSERT INTO agentpulse.training_quality (window_name, window_start, window_end, feedback_count, safe_count,
                unsafe_count, unreviewed_count, label_counts, active_annotator_count)
            VALUES ('1h', @now - interval '1 hour', @now, 0, 0, 0, 0, '{}', 0),
                   ('24h', @now - interval '24 hours', @now, 0, 0, 0, 0, '{}', 0)
            """;

    private static final String AGENTS = """
            WITH recent AS (
                SELECT *, @now - created_at AS age FROM public.agent_queries
                WHERE created_at > @now - interval '1 hour' AND created_at <= @now)
            SELECT agent,
                   count(*) FILTER (WHERE age < interval '1 minute') AS queries_last_minute,
                   count(*) FILTER (WHERE age < interval '5 minutes') AS queries_last_5min,
                   count(*) AS queries_last_hour,
                   round(avg(latency_ms) FILTER (WHERE age < interval '1 minute'), 2) AS avg_latency_1min,
                   round(avg(latency_ms) FILTER (WHERE age < interval '5 minutes'), 2) AS avg_latency_5min,
                   max(latency_ms) FILTER (WHERE age < interval '5 minutes') AS max_latency_5min,
                   round(100.0 * count(*) FILTER (WHERE approved AND age < interval '5 minutes')
                       / nullif(count(*) FILTER (WHERE age < interval '5 minutes'), 0), 2) AS approval_rate_5min_pct,
                   h.status AS health_status, h.status AS current_health_status,
                   max(created_at) AS last_query_at, @now AS last_updated_at, @now AS refreshed_at,
                   count(*) FILTER (WHERE age < interval '15 minutes') AS queries_last_15min,
                   round(avg(latency_ms) FILTER (WHERE age < interval '15 minutes'), 2) AS avg_latency_15min,
                   round(extract(epoch FROM @now - max(created_at)), 2) AS seconds_since_last_query
            FROM recent
            JOIN LATERAL (
                SELECT CASE WHEN count(*) = 0 THEN 'idle' WHEN avg(m.latency_ms) > 200 THEN 'degraded'
                            WHEN avg(m.latency_ms) > 100 THEN 'warning' ELSE 'healthy' END AS status
                FROM recent m WHERE m.agent = recent.agent AND m.age < interval '1 minute') h ON true
            GROUP BY agent, h.status
            """;

    private static final String APPROVALS = """
            WITH aged AS (
                SELECT *, extract(epoch FROM @now - created_at) / 60 AS minutes,
                       updated_at > @now - interval '1 hour' AND updated_at <= @now AS recent
                FROM public.agent_approvals WHERE created_at <= @now),
            oldest AS (SELECT * FROM aged WHERE status = 'pending' ORDER BY created_at LIMIT 1)
            SELECT count(*) FILTER (WHERE status = 'pending') AS pending_count,
                   count(*) FILTER (WHERE status = 'pending' AND minutes >= 5) AS sla_breaches,
                   round(100.0 * count(*) FILTER (WHERE status = 'pending' AND minutes >= 5)
                       / nullif(count(*) FILTER (WHERE status = 'pending'), 0), 2) AS sla_breach_pct,
                   avg(minutes) FILTER (WHERE status = 'pending') AS avg_pending_age_minutes,
                   min(minutes) FILTER (WHERE status = 'pending') AS min_pending_age_minutes,
                   max(minutes) FILTER (WHERE status = 'pending') AS max_pending_age_minutes,
                   (SELECT conversation_id FROM oldest) AS oldest_pending_conversation,
                   (SELECT conversation_id FROM oldest) AS oldest_pending_conversation_id,
                   (SELECT created_at FROM oldest) AS oldest_pending_created_at,
                   count(*) FILTER (WHERE status = 'approved' AND recent) AS approved_last_hour,
                   count(*) FILTER (WHERE status = 'rejected' AND recent) AS rejected_last_hour,
                   count(*) FILTER (WHERE status = 'expired' AND recent) AS expired_last_hour,
                   count(*) FILTER (WHERE status <> 'pending' AND recent) AS throughput_last_hour,
                   avg(extract(epoch FROM updated_at - created_at) / 60)
                       FILTER (WHERE status <> 'pending' AND recent) AS avg_resolution_time_minutes,
                   @now AS refreshed_at
            FROM aged
            """;

    private static final String FEEDBACK = """
            WITH day AS (
                SELECT *, created_at > @now - interval '1 hour' AS recent FROM public.agent_feedback
                WHERE created_at > @now - interval '24 hours' AND created_at <= @now)
            SELECT count(*) FILTER (WHERE recent) AS feedback_last_hour,
                   count(*) AS feedback_last_24h,
                   count(*) FILTER (WHERE safe_to_send) AS safe_24h,
                   count(*) FILTER (WHERE NOT safe_to_send) AS unsafe_24h,
                   count(*) FILTER (WHERE safe_to_send IS NULL) AS pending_review_24h,
                   round(100.0 * count(*) FILTER (WHERE NOT safe_to_send) / nullif(count(*), 0), 2) AS unsafe_rate_24h_pct,
                   round(avg((rubric ->> 'clarity')::numeric), 2) AS avg_clarity_24h,
                   round(avg((rubric ->> 'accuracy')::numeric), 2) AS avg_accuracy_24h,
                   round(avg((rubric ->> 'tone')::numeric), 2) AS avg_tone_24h,
                   count(DISTINCT annotator) FILTER (WHERE recent) AS active_annotators_last_hour,
                   count(DISTINCT annotator) AS active_annotators_last_24h,
                   @now AS refreshed_at
            FROM day
            """;

    static Stream<Arguments> databases() {
        return Stream.of(
                argumentSet("busy", BUSY, KEYS + ";" + KEYS_OF_SINGLE_ROWS),
                argumentSet("quiet", QUIET, KEYS + ";" + KEYS_OF_SINGLE_ROWS),
                argumentSet("empty", "SELECT 1", KEYS + ";" + KEYS_OF_SINGLE_ROWS),
                argumentSet("empty, after an upgrade from before single rows were there", "SELECT 1", KEYS));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void showWhatTheReplacedViewsShowed(String rows, String keys) throws SQLException {
        try (Connection connection = SERVER.newMigratedDatabase().connect()) {
            Sql.run(connection, at(rows), at(keys));
            for (String table : Oracle.RESULT_TABLES) {
                complete(connection, table);
            }

            assertSame(connection, "mv_realtime_agent_performance", AGENTS);
            assertSame(connection, "mv_approval_queue_summary", APPROVALS);
            assertSame(connection, "mv_training_quality_snapshot", FEEDBACK);
        }
    }

    /** Puts the figures of the oracle in place of the zeros. */
    private static void complete(Connection connection, String table) throws SQLException {
        String oracle = Oracle.query(table);
        String columns = String.join(", ", Sql.columns(connection, oracle));
        Sql.run(
                connection,
                "CREATE TEMP TABLE answer AS " + oracle,
                table.equals("agent_health") ? "ALTER TABLE answer ADD since timestamptz DEFAULT now()" : "SELECT 1",
                "DELETE FROM agentpulse." + table,
                "INSERT INTO agentpulse." + table + " (" + columns + (table.equals("agent_health") ? ", since" : "")
                        + ") SELECT * FROM answer",
                "DROP TABLE answer");
    }

    /** Minutes are rounded from seconds that are rounded already, so they may differ by one in the last digit. */
    private static void assertSame(Connection connection, String view, String definition) throws SQLException {
        String rounded = String.join(
                ", ",
                Sql.columns(connection, at(definition)).stream()
                        .map(column -> column.endsWith("_minutes") ? "round(" + column + ", 1) AS " + column : column)
                        .toList());
        assertThat(Sql.rows(connection, "SELECT " + rounded + " FROM public." + view + " ORDER BY 1"))
                .as(view)
                .isEqualTo(Sql.rows(
                        connection, "SELECT " + rounded + " FROM (" + at(definition) + ") AS replaced ORDER BY 1"));
        assertThat(Sql.columns(connection, "TABLE public." + view)).isEqualTo(Sql.columns(connection, at(definition)));
    }

    private static String at(String sql) {
        return sql.replace("@now", NOW);
    }
}
