package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.proof.Sql;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The views that existing dashboards read. */
class ViewsITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    @Test
    void haveTheColumnsThatDashboardsRead() throws SQLException {
        Database database = SERVER.newMigratedDatabase();

        try (Connection connection = database.connect()) {
            assertThat(columns(connection, "mv_realtime_agent_performance"))
                    .isEqualTo("agent, queries_last_minute, queries_last_5min, queries_last_hour, avg_latency_1min,"
                            + " avg_latency_5min, max_latency_5min, approval_rate_5min_pct, health_status,"
                            + " current_health_status, last_query_at, last_updated_at, refreshed_at, queries_last_15min,"
                            + " avg_latency_15min, seconds_since_last_query");
            assertThat(columns(connection, "mv_approval_queue_summary"))
                    .isEqualTo("pending_count, sla_breaches, sla_breach_pct, avg_pending_age_minutes,"
                            + " min_pending_age_minutes, max_pending_age_minutes, oldest_pending_conversation,"
                            + " oldest_pending_conversation_id, oldest_pending_created_at, approved_last_hour,"
                            + " rejected_last_hour, expired_last_hour, throughput_last_hour,"
                            + " avg_resolution_time_minutes, refreshed_at");
            assertThat(columns(connection, "mv_training_quality_snapshot"))
                    .isEqualTo("feedback_last_hour, feedback_last_24h, safe_24h, unsafe_24h, pending_review_24h,"
                            + " unsafe_rate_24h_pct, avg_clarity_24h, avg_accuracy_24h, avg_tone_24h,"
                            + " active_annotators_last_hour, active_annotators_last_24h, refreshed_at");
            assertThat(columns(connection, "v_agent_performance_snapshot"))
                    .isEqualTo("agent, queries_last_hour, queries_last_24h, approval_rate_24h_pct,"
                            + " avg_latency_24h_ms, human_edits_24h, health_status, last_query_at,"
                            + " minutes_since_last_query");
        }
    }

    private static String columns(Connection connection, String view) throws SQLException {
        return Sql.rows(
                        connection,
                        "SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE attnum > 0"
                                + " AND attrelid = 'public." + view + "'::regclass")
                .get(0);
    }

    @Test
    void showTheResultTables() throws SQLException {
        Database database = SERVER.newMigratedDatabase();

        try (Connection connection = database.connect()) {
            Sql.run(connection, """
                    INSERT INTO agentpulse.agent_health (agent, health_status, since, avg_latency_ms_1m, last_query_at)
                    VALUES ('sales', 'warning', '2024-05-01 11:00Z', 120.5, '2024-05-01 11:58:30Z')""", """
                    INSERT INTO agentpulse.agent_performance (agent, window_name, window_start, window_end, query_count,
                        avg_latency_ms, max_latency_ms, slow_query_count, approved_count, rejected_count,
                        unreviewed_count, approval_rate_pct, human_edited_count)
                    VALUES
                        ('sales', '1m', '2024-05-01 11:59Z', '2024-05-01 12:00Z', 1, 120.5, 121, 0, 0, 0, 1, NULL, 0),
                        ('sales', '5m', '2024-05-01 11:55Z', '2024-05-01 12:00Z', 5, 90.25, 180, 0, 2, 1, 2, 66.67, 0),
                        ('sales', '15m', '2024-05-01 11:45Z', '2024-05-01 12:00Z', 7, 85.5, 190, 0, 3, 1, 3, 75, 1),
                        ('sales', '1h', '2024-05-01 11:00Z', '2024-05-01 12:00Z', 60, 80, 210, 1, 9, 1, 50, 90, 3)""", """
                    INSERT INTO agentpulse.approval_queue (queue, pending_count, sla_breach_count, sla_breach_pct,
                        avg_pending_age_seconds, min_pending_age_seconds, max_pending_age_seconds, pending_under_1m,
                        pending_1m_to_5m, pending_5m_to_15m, pending_over_15m, oldest_pending_id,
                        oldest_pending_conversation_id, oldest_pending_created_at, as_of)
                    VALUES ('all', 2, 1, 50, 345, 90, 600, 0, 1, 1, 0, '17', 'c-17', '2024-05-01 11:50Z',
                        '2024-05-01 12:00Z')""", """
                    INSERT INTO agentpulse.approval_activity (window_name, window_start, window_end, requested_count,
                        approved_count, rejected_count, expired_count, decided_count, avg_resolution_seconds,
                        within_sla_count)
                    VALUES ('1h', '2024-05-01 11:00Z', '2024-05-01 12:00Z', 9, 4, 2, 1, 7, 150, 6)""", """
                    INSERT INTO agentpulse.training_quality (window_name, window_start, window_end, feedback_count,
                        safe_count, unsafe_count, unreviewed_count, unsafe_rate_pct, avg_clarity, label_counts,
                        active_annotator_count)
                    VALUES ('1h', '2024-05-01 11:00Z', '2024-05-01 12:00Z', 1, 1, 0, 0, 0, 4, '{}', 1),
                           ('24h', '2024-04-30 12:00Z', '2024-05-01 12:00Z', 4, 2, 1, 1, 33.33, 3.5, '{}', 2)""", """
                    INSERT INTO agentpulse.pipeline_status (component, as_of, tick)
                    VALUES ('tick-1', '2024-05-01 12:00:02Z', 7), ('tick-0', '2024-05-01 12:00:01Z', 9)""", "SET TIME ZONE 'UTC'");

            assertThat(Sql.rows(connection, "SELECT * FROM public.mv_realtime_agent_performance"))
                    .containsExactly("sales|1|5|60|120.5|90.25|180|40.00|warning|warning|2024-05-01 11:58:30+00"
                            + "|2024-05-01 12:00:01+00|2024-05-01 12:00:01+00|7|85.5|91.00");
            assertThat(Sql.rows(connection, "SELECT * FROM public.mv_approval_queue_summary"))
                    .containsExactly("2|1|50|5.75|1.50|10.00|c-17|c-17|2024-05-01 11:50:00+00|4|2|1|7|2.50"
                            + "|2024-05-01 12:00:01+00");
            assertThat(Sql.rows(connection, "SELECT * FROM public.mv_training_quality_snapshot"))
                    .containsExactly("1|4|2|1|1|25.00|3.5|null|null|1|2|2024-05-01 12:00:01+00");
            assertThat(Sql.rows(connection, "SELECT * FROM public.v_agent_performance_snapshot"))
                    .containsExactly("sales|60|null|null|null|null|warning|2024-05-01 11:58:30+00|1.52");
        }
    }

    @Test
    void leaveATakenNameAloneUntilTheUserLetsGo() throws SQLException {
        Database database = SERVER.newDatabase();
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "CREATE MATERIALIZED VIEW public.mv_realtime_agent_performance AS SELECT 1 AS theirs",
                    "CREATE VIEW public.v_agent_performance_snapshot AS SELECT 1 AS theirs");

            database.migrate();

            assertThat(columns(connection, "mv_realtime_agent_performance")).isEqualTo("theirs");
            assertThat(columns(connection, "v_agent_performance_snapshot")).isEqualTo("theirs");
            assertThat(columns(connection, "mv_approval_queue_summary")).startsWith("pending_count");

            Sql.run(connection, "DROP MATERIALIZED VIEW public.mv_realtime_agent_performance");
            database.migrate();

            assertThat(columns(connection, "mv_realtime_agent_performance")).startsWith("agent, queries_last_minute");
            assertThat(columns(connection, "v_agent_performance_snapshot")).isEqualTo("theirs");
        }
    }

    @Test
    void saysInASentenceEachWhatToDrop() throws Exception {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "DROP VIEW public.mv_approval_queue_summary, public.v_agent_performance_snapshot",
                    "CREATE MATERIALIZED VIEW public.mv_approval_queue_summary AS SELECT 1 AS theirs",
                    "CREATE VIEW public.v_agent_performance_snapshot AS SELECT 1 AS theirs",
                    "CREATE SCHEMA cron",
                    "CREATE TABLE cron.job (jobid bigint, schedule text, command text)",
                    "INSERT INTO cron.job VALUES"
                            + " (3, '30 seconds', 'REFRESH MATERIALIZED VIEW CONCURRENTLY public.mv_approval_queue_summary;'),"
                            + " (4, '* * * * *', 'refresh materialized view mv_approval_queue_summary_of_others'),"
                            + " (5, '@daily', 'SELECT count(*) FROM mv_approval_queue_summary')");

            assertThat(notices(connection))
                    .containsExactly(
                            "public.mv_approval_queue_summary is a materialized view of your own and stays as it is:"
                                    + " to switch to the live view, run \"DROP MATERIALIZED VIEW"
                                    + " public.mv_approval_queue_summary\", then migrate again.",
                            "public.v_agent_performance_snapshot is a view of your own and stays as it is: to switch"
                                    + " to the live view, run \"DROP VIEW public.v_agent_performance_snapshot\", then"
                                    + " migrate again.",
                            "The cron job 3 (\"30 seconds\") refreshes public.mv_approval_queue_summary, which the"
                                    + " live view makes needless: run \"SELECT cron.unschedule(3)\".");
        }
    }

    /** What the file that makes the views tells the administrator. */
    private static List<String> notices(Connection connection) throws Exception {
        List<String> notices = new ArrayList<>();
        try (InputStream file = Objects.requireNonNull(
                        ViewsITCase.class.getResourceAsStream("/sql/postgres/afterMigrate__30_views.sql"));
                Statement statement = connection.createStatement()) {
            statement.execute(new String(file.readAllBytes(), StandardCharsets.UTF_8));
            for (SQLWarning notice = statement.getWarnings(); notice != null; notice = notice.getNextWarning()) {
                notices.add(notice.getMessage());
            }
        }
        return notices;
    }

    @Test
    void replaceAnOlderViewOfOurs() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection connection = database.connect()) {
            Sql.run(
                    connection,
                    "DROP VIEW public.mv_approval_queue_summary",
                    "CREATE VIEW public.mv_approval_queue_summary AS SELECT 1::bigint AS pending_count",
                    "COMMENT ON VIEW public.mv_approval_queue_summary IS 'AgentPulse: an older shape.'");

            database.migrate();

            assertThat(columns(connection, "mv_approval_queue_summary")).startsWith("pending_count, sla_breaches");
        }
    }

    @Test
    void showNoRowThatRowLevelSecurityHides() throws SQLException {
        Database database = SERVER.newMigratedDatabase();
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "INSERT INTO agentpulse.agent_health (agent, health_status, since) VALUES ('sales', 'idle', now())",
                    "DROP POLICY agentpulse_read ON agentpulse.agent_health");
            boolean asksWhoReads = Sql.rows(owner, "SELECT current_setting('server_version_num')::int >= 150000")
                    .contains("t");

            try (Connection reader = database.connectInRole("agentpulse_reader")) {
                assertThat(Sql.rows(reader, "SELECT agent FROM public.mv_realtime_agent_performance"))
                        .hasSize(asksWhoReads ? 0 : 1);
            }
        }
    }
}
