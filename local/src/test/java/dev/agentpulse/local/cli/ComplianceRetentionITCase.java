package dev.agentpulse.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.job.config.SessionKind;
import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.EmbeddedDatabase;
import dev.agentpulse.local.stack.database.Migrations;
import dev.agentpulse.local.stack.database.SourceTables;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the report says of how long data is kept: what retention did in the month, what is too old now, and when it goes. */
class ComplianceRetentionITCase {

    @TempDir
    static Path folder;

    private static EmbeddedDatabase database;
    private static DatabaseAddress superuser;

    @BeforeAll
    static void fill() throws SQLException {
        database = EmbeddedDatabase.start(folder.resolve("postgres"), LoopbackPorts.anyFree(), false);
        superuser = database.address();
        Migrations.apply(superuser, SourceTables.of(new Configuration()), true);
        run(
                "CREATE ROLE auditor LOGIN IN ROLE agentpulse_compliance, agentpulse_capture",
                """
                INSERT INTO agentpulse.channel_event (event_key, channel, payload, event_time, written_at)
                SELECT 'kept ' || days, 'sla_breach_stream', '{}', now(), now() - days * interval '1 day'
                  FROM unnest(ARRAY[3, 2, 0]) AS days
                """,
                """
                INSERT INTO agentpulse.alert_record (alert_id, rule, subject, severity, status, opened_at, resolved_at)
                SELECT 'kept ' || days, 'slow_query', '1', 'info', CASE WHEN days > 0 THEN 'resolved' ELSE 'open' END,
                       now() - interval '200 days', now() - nullif(days, 0) * interval '1 day'
                  FROM unnest(ARRAY[92, 89, 0]) AS days
                """,
                """
                INSERT INTO agentpulse.rejected_change (event_key, source_table, reason, change, rejected_at)
                SELECT 'kept ' || days, 'agent_queries', 'missing_agent', '{}', now() - days * interval '1 day'
                  FROM unnest(ARRAY[33, 32, 1]) AS days
                """,
                """
                INSERT INTO agentpulse.agent_health (agent, health_status, since)
                SELECT agent, CASE agent WHEN 'busy' THEN 'healthy' ELSE 'idle' END, now()
                  FROM unnest(ARRAY['gone', 'quiet', 'busy']) AS agent
                """,
                """
                INSERT INTO agentpulse.agent_performance (agent, window_name, window_start, window_end, query_count,
                    slow_query_count, approved_count, rejected_count, unreviewed_count, human_edited_count)
                SELECT agent, name, ended, ended, asked, 0, 0, 0, asked, 0
                  FROM (VALUES ('gone', '1m', now() - interval '40 days', 0), ('gone', '1h', now() - interval '39 days', 0),
                               ('quiet', '1m', now() - interval '40 days', 0), ('quiet', '1h', now() - interval '1 day', 0),
                               ('busy', '1h', now() - interval '40 days', 1)) AS w (agent, name, ended, asked)
                """,
                "INSERT INTO agentpulse.pipeline_status (component, as_of, tick) VALUES ('test', now(), 1)",
                """
                SELECT agentpulse.make_history_partition('agent_performance_history', '1m',
                           p.as_of - days * interval '1 day', true)
                  FROM agentpulse.pipeline_status p, unnest(ARRAY[7, 8, 17]) AS days
                """,
                """
                INSERT INTO agentpulse.agent_performance_history (agent, bucket, bucket_start, bucket_end, query_count,
                    latency_count, latency_sum_ms, latency_values, latency_counts, approved_count, rejected_count,
                    human_edited_count, slow_query_count, final, as_of, commit_lsn)
                SELECT h.agent, '1m', t.start, t.start + interval '1 minute', 0, 0, 0, '{}', '{}', 0, 0, 0, 0, true, now(), '0/1'
                  FROM agentpulse.pipeline_status p,
                       (VALUES ('a', 0), ('a', 1), ('a', 14400), ('b', 14400)) AS h (agent, minutes),
                       LATERAL (SELECT date_trunc('day', p.as_of - interval '7 days', 'UTC')
                                       - h.minutes * interval '1 minute') AS t (start)
                """,
                """
                SELECT agentpulse.audit_append('retention', 'alert_record', json_build_object('day', day, 'kept_seconds',
                           7776000, 'runs', 8640, 'removed_rows', removed, 'first_run_at', day, 'last_run_at', day))
                  FROM (VALUES ('2026-03-04', 0), ('2026-03-05', 12), ('2026-04-01', 9)) AS d (day, removed)
                """,
                """
                SELECT agentpulse.note_retention(
                    ARRAY['channel_event', 'alert_record', 'rejected_change', 'audit_result', 'agent_performance idle',
                          'agent_performance_history 1m', 'agent_performance_history 1d'],
                    '{86400,7776000,2592000,7776000,2592000,604800,0}', '{6,6,6,6,1,1,1}', '{0,0,0,0,0,0,0}',
                    ARRAY[NULL, NULL, NULL, NULL, NULL, '1 longer buckets are missing, such as all', NULL])
                """,
                """
                UPDATE agentpulse.retention_run SET last_run_at = now() - interval '3 minutes'
                 WHERE relation IN ('rejected_change', 'agent_performance idle')
                """);
    }

    @AfterAll
    static void stop() throws IOException {
        database.close();
    }

    @Test
    void saysWhatIsKeptForTooLongAndWhenItGoes() throws IOException {
        Path out = folder.resolve("report");
        StringWriter screen = new StringWriter();
        int exitCode = AgentPulseCli.commandLine()
                .setOut(new PrintWriter(screen, true))
                .setErr(new PrintWriter(screen, true))
                .execute(
                        "report",
                        "compliance",
                        "--month=2026-03",
                        "--out=" + out,
                        "--database-url=" + superuser.jdbcUrl(),
                        "--username=auditor");
        assertThat(exitCode).as(screen.toString()).isZero();

        assertThat(kept(out, "relation"))
                .isEqualTo(
                        "kept|days_with_runs|days_of_month|runs|removed_rows|oldest_row|rows_beyond_policy|held|next_run"
                                + "|upper_bound_kept|six_months_kept");
        // Runs that removed nothing count, and days of other months do not.
        assertThat(kept(out, "alert_record"))
                .startsWith("90.00 days|2|31|17280|12|")
                .contains("|1||by ")
                .endsWith("|NO|NO");
        assertThat(kept(out, "channel_event"))
                .startsWith("no run in the month||31|||")
                .contains("|2||by ")
                .endsWith("|NO|");
        assertThat(kept(out, "rejected_change")).contains("|2||overdue since ").endsWith("|NO|");
        assertThat(kept(out, "audit_result")).contains("||0||by ").endsWith("||");
        // Idle rows are looked for once an hour; an agent is idle for as long as all of its windows are empty.
        assertThat(kept(out, "agent_performance idle")).contains("|2||by ").endsWith("|NO|");
        // History is kept by whole days: the first minute of the oldest day is not too old.
        assertThat(kept(out, "agent_performance_history 1m"))
                .contains("|3|\"1 longer buckets are missing, such as all\"|by ")
                .endsWith("|NO|");
        assertThat(kept(out, "agent_performance_history 1d")).contains("|0||none|");
        assertThat(kept(out, "training_history 1d")).isEqualTo("no run in the month||31||||||||");
        assertThat(kept(out, "public.agent_feedback")).isEqualTo("by you||31||||||||");
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("rows_beyond_policy", "1 longer buckets are missing, such as all");
    }

    /** What the report has of a table, with bars between the columns. */
    private static String kept(Path out, String relation) throws IOException {
        String line = Files.readAllLines(out.resolve("retention.csv")).stream()
                .filter(row -> row.startsWith(relation + ","))
                .findFirst()
                .orElseThrow();
        return line.substring(relation.length() + 1).replaceAll(",(?! )", "|");
    }

    private static void run(String... statements) throws SQLException {
        try (Connection connection = superuser.connect("test", SessionKind.MIGRATION);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
