package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What each of the three roles, and a stranger, can and cannot do. */
class PrivilegesITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    /** What the self-audit compares with the source tables, in one snapshot and so in one role, and where it looks things up. */
    private static final List<String> COMPARED_TABLES = List.of(
            "agent_performance",
            "agent_health",
            "approval_queue",
            "approval_activity",
            "training_quality",
            "annotator_activity",
            "agent_performance_history",
            "approval_history",
            "training_history",
            "history_reach",
            "pipeline_status",
            "rejected_change");

    private static final List<String> RESULT_TABLES = List.of(
            "agent_performance",
            "agent_health",
            "approval_queue",
            "approval_activity",
            "training_quality",
            "annotator_activity",
            "annotator_agreement",
            "agent_performance_history",
            "approval_history",
            "training_history",
            "history_progress",
            "history_reach",
            "agent_trend",
            "agent_forecast",
            "agent_quality",
            "approval_forecast",
            "alert",
            "incident_note",
            "channel_event",
            "pipeline_status",
            "rejected_change");

    private static final String INSERT_HEALTH =
            "INSERT INTO agentpulse.agent_health (agent, health_status, since) VALUES ('sales', 'healthy', now())";
    private static final String INSERT_ALERT =
            "INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at)"
                    + " VALUES ('a', 'agent_degraded', 'sales', 'warning', 'open', now())";

    private Database database;

    @BeforeEach
    void migrate() throws SQLException {
        database = SERVER.newMigratedDatabase();
    }

    @Test
    void readerReadsEveryResultAndView() throws SQLException {
        try (Connection owner = database.connect();
                Connection reader = database.connectInRole("agentpulse_reader")) {
            Sql.run(owner, INSERT_HEALTH);

            for (String table : RESULT_TABLES) {
                Sql.rows(reader, "SELECT * FROM agentpulse." + table);
            }
            Sql.rows(reader, "SELECT * FROM agentpulse.agent_headroom");
            Sql.rows(reader, "SELECT * FROM agentpulse.all_agents_history");
            Sql.rows(reader, "SELECT * FROM agentpulse.all_agents_forecast");
            Sql.rows(reader, "SELECT * FROM agentpulse.audit_today");
            assertThat(Sql.rows(
                            reader,
                            "SELECT name FROM agentpulse.readable_table WHERE name IN ('audit_proof', 'audit_log', 'agent_quality')"
                                    + " ORDER BY name"))
                    .containsExactly("agent_quality", "audit_proof");
            assertThat(Sql.rows(reader, "SELECT agent FROM agentpulse.agent_health"))
                    .containsExactly("sales");
            assertThat(Sql.rows(reader, "SELECT agent FROM public.mv_realtime_agent_performance"))
                    .containsExactly("sales");
        }
    }

    @Test
    void readerChangesNothing() throws SQLException {
        try (Connection reader = database.connectInRole("agentpulse_reader")) {
            assertDenied(reader, INSERT_HEALTH);
            for (String table : RESULT_TABLES) {
                assertDenied(reader, "DELETE FROM agentpulse." + table);
                if (!table.equals("alert")) {
                    assertDenied(reader, "TRUNCATE agentpulse." + table);
                }
            }
            assertDenied(reader, "UPDATE agentpulse.alert SET status = 'resolved'");
            assertDenied(reader, "SELECT nextval('agentpulse.channel_event_seq')");
            assertDenied(reader, "SELECT * FROM agentpulse.heartbeat");
            assertDenied(reader, "SELECT * FROM agentpulse.staged_record");
            assertDenied(reader, "SELECT * FROM public.agent_queries");
        }
    }

    @Test
    void readerAcknowledgesAnOpenAlertOnce() throws SQLException {
        try (Connection owner = database.connect();
                Connection reader = database.connectInRole("agentpulse_reader")) {
            Sql.run(owner, INSERT_ALERT);

            // Who is signed in, whatever name is given.
            assertThat(Sql.rows(reader, "SELECT agentpulse.acknowledge_alert('a', 'dana')"))
                    .containsExactly("t");
            assertThat(Sql.rows(reader, "SELECT agentpulse.acknowledge_alert('a', 'eli')"))
                    .containsExactly("f");
            assertThat(Sql.rows(reader, "SELECT agentpulse.acknowledge_alert('unknown', 'eli')"))
                    .containsExactly("f");

            assertThat(Sql.rows(
                            reader, "SELECT status, acknowledged_by, acknowledged_at IS NULL FROM agentpulse.alert"))
                    .containsExactly("acknowledged|postgres|f");
        }
    }

    @Test
    void aSessionCannotClaimToBeSomebodyElse() throws SQLException {
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    INSERT_ALERT,
                    "DROP ROLE IF EXISTS dashboard",
                    "CREATE ROLE dashboard LOGIN IN ROLE agentpulse_reader",
                    "DROP ROLE IF EXISTS authenticator",
                    "CREATE ROLE authenticator LOGIN IN ROLE agentpulse_reader");
            try (Connection dashboard = database.connectAs("dashboard")) {
                Sql.run(dashboard, "SET request.jwt.claims = '{\"name\": \"boss\"}'");
                Sql.rows(dashboard, "SELECT agentpulse.acknowledge_alert('a', 'boss')");
                assertThat(Sql.rows(dashboard, "SELECT acknowledged_by FROM agentpulse.alert"))
                        .containsExactly("dashboard");
                Sql.rows(dashboard, "SELECT agentpulse.unacknowledge_alert('a')");
            }
            // The role that PostgREST logs in with, which sets the claims of a token that it has checked.
            try (Connection gateway = database.connectAs("authenticator")) {
                assertThatThrownBy(() -> Sql.rows(gateway, "SELECT agentpulse.acknowledge_alert('a', 'boss')"))
                        .hasMessageContaining("The token names nobody");
                Sql.run(gateway, "SET request.jwt.claims = '{\"name\": \"" + "d".repeat(300) + "\"}'");
                Sql.rows(gateway, "SELECT agentpulse.acknowledge_alert('a')");
                assertThat(Sql.rows(gateway, "SELECT acknowledged_by FROM agentpulse.alert"))
                        .containsExactly("d".repeat(100));
            }
            Sql.run(owner, "DROP ROLE dashboard", "DROP ROLE authenticator");
        }
    }

    @Test
    void whatIsGrantedByHabitOpensNothingAndIsTakenAway() throws SQLException {
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    INSERT_ALERT,
                    INSERT_HEALTH,
                    "GRANT ALL ON SCHEMA agentpulse TO anon, PUBLIC",
                    "GRANT ALL ON ALL TABLES IN SCHEMA agentpulse TO anon, PUBLIC, agentpulse_capture",
                    "GRANT ALL ON ALL SEQUENCES IN SCHEMA agentpulse TO anon",
                    "GRANT ALL ON ALL ROUTINES IN SCHEMA agentpulse TO anon, PUBLIC",
                    "GRANT ALL ON public.mv_approval_queue_summary TO anon",
                    "GRANT ALL ON agentpulse.audit_log TO agentpulse_reader, agentpulse_writer",
                    "GRANT SELECT ON agentpulse.audit_head TO agentpulse_writer");
            try (Connection anonymous = database.connectInRole("anon")) {
                Sql.run(
                        anonymous,
                        "DELETE FROM agentpulse.heartbeat",
                        "UPDATE agentpulse.alert_record SET status = 'resolved', resolved_at = now()",
                        "DELETE FROM agentpulse.agent_health");
                assertThat(Sql.rows(anonymous, "SELECT * FROM agentpulse.alert"))
                        .isEmpty();
            }
            assertThat(Sql.rows(
                            owner,
                            "SELECT (SELECT count(*) FROM agentpulse.heartbeat), (SELECT count(*) FROM"
                                    + " agentpulse.agent_health), (SELECT status FROM agentpulse.alert)"))
                    .containsExactly("1|1|open");

            database.migrate();

            try (Connection anonymous = database.connectInRole("anon")) {
                for (String table : RESULT_TABLES) {
                    assertDenied(anonymous, "SELECT * FROM agentpulse." + table);
                }
                assertDenied(anonymous, "DELETE FROM agentpulse.heartbeat");
                assertDenied(anonymous, "SELECT nextval('agentpulse.channel_event_seq')");
                assertDenied(anonymous, "SELECT agentpulse.acknowledge_alert('a', 'dana')");
                assertDenied(anonymous, "SELECT agentpulse.acknowledge_alert('a')");
                assertDenied(anonymous, "SELECT agentpulse.note_incident('a', 'planted')");
                assertDenied(anonymous, "SELECT * FROM agentpulse.retention_state");
                assertDenied(anonymous, "SELECT agentpulse.allow_reading('anon')");
                assertDenied(anonymous, "SELECT * FROM public.mv_approval_queue_summary");
                assertDenied(anonymous, "CREATE TABLE agentpulse.planted ()");
            }
            for (String role : List.of("agentpulse_reader", "agentpulse_writer")) {
                try (Connection connection = database.connectInRole(role)) {
                    assertDenied(connection, "SELECT * FROM agentpulse.audit_log");
                    assertDenied(connection, "SELECT * FROM agentpulse.audit_head");
                }
            }
            try (Connection capture = database.connectInRole("agentpulse_capture")) {
                assertDenied(capture, "DELETE FROM agentpulse.heartbeat");
                assertDenied(capture, "SELECT * FROM agentpulse.alert");
            }
        }
    }

    @Test
    void throughViewsNobodyWritesWhatWasGrantedByHabit() throws SQLException {
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    INSERT_ALERT,
                    INSERT_HEALTH,
                    "SELECT agentpulse.note_retention('{alert_record}', '{1}', '{1}', '{0}')",
                    "GRANT ALL ON SCHEMA agentpulse TO anon",
                    "GRANT ALL ON ALL TABLES IN SCHEMA agentpulse TO anon",
                    "GRANT ALL ON ALL TABLES IN SCHEMA public TO anon",
                    "GRANT ALL ON ALL ROUTINES IN SCHEMA agentpulse TO anon");
            String everything = "SELECT (SELECT json_agg(r) FROM agentpulse.retention_run r),"
                    + " (SELECT json_agg(a) FROM agentpulse.alert a), (SELECT json_agg(h) FROM agentpulse.agent_health h),"
                    + " (SELECT count(*) FROM pg_class WHERE relnamespace = 'agentpulse'::regnamespace)";
            List<String> before = Sql.rows(owner, everything);
            List<String> views = Sql.rows(
                    owner,
                    "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                            + " WHERE c.relkind = 'v' AND n.nspname IN ('agentpulse', 'public') ORDER BY 1");
            assertThat(views).contains("agentpulse.retention_state", "public.mv_approval_queue_summary");
            try (Connection anonymous = database.connectInRole("anon")) {
                anonymous.setAutoCommit(false);
                for (String view : views) {
                    String column = Sql.rows(
                                    owner,
                                    "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = '" + view
                                            + "'::regclass AND attnum = 1")
                            .get(0);
                    for (String write : List.of(
                            "DELETE FROM " + view,
                            "UPDATE " + view + " SET " + column + " = NULL",
                            "INSERT INTO " + view + " SELECT * FROM " + view)) {
                        assertThat(written(anonymous, write)).as(write).isZero();
                    }
                }
            }
            assertThat(Sql.rows(owner, everything)).isEqualTo(before);
        }
    }

    /** How many rows a statement changes; a refusal is none. What it did is undone. */
    private static int written(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            return 0;
        } finally {
            connection.rollback();
        }
    }

    @Test
    void whatTheOwnerOpensStaysOpen() throws SQLException {
        try (Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    INSERT_ALERT,
                    "DROP ROLE IF EXISTS named",
                    "CREATE ROLE named",
                    "SELECT agentpulse.allow_reading('named')",
                    "GRANT INSERT ON agentpulse.alert_record TO named");

            database.migrate();

            try (Connection named = database.connectInRole("named")) {
                assertThat(Sql.rows(named, "SELECT alert_id FROM agentpulse.alert"))
                        .containsExactly("a");
                assertDenied(named, "SELECT * FROM agentpulse.rejected_change");
                assertDenied(named, INSERT_ALERT);
            }
            Sql.run(owner, "DROP OWNED BY named");
        }
    }

    @Test
    void writerWritesResultsAndBeats() throws SQLException {
        try (Connection writer = database.connectInRole("agentpulse_writer")) {
            Sql.run(
                    writer,
                    INSERT_HEALTH + " ON CONFLICT (agent) DO UPDATE SET since = excluded.since",
                    "UPDATE agentpulse.agent_health SET health_status = 'idle'",
                    INSERT_ALERT.replace("agentpulse.alert ", "agentpulse.alert_record ")
                            + " ON CONFLICT (alert_id) DO NOTHING",
                    "INSERT INTO agentpulse.channel_event (event_key, channel, payload, event_time)"
                            + " VALUES ('k', 'sla_breach_stream', '{}', now())",
                    "INSERT INTO agentpulse.rejected_change (event_key, source_table, reason, change)"
                            + " VALUES ('k', 'agent_queries', 'missing_agent', '{}')",
                    "DELETE FROM agentpulse.alert_record",
                    "DELETE FROM agentpulse.channel_event",
                    "DELETE FROM agentpulse.rejected_change",
                    "INSERT INTO agentpulse.staged_record VALUES (1, 'alert_open', 1, '', 'k', '{}')",
                    "DELETE FROM agentpulse.staged_record",
                    "TRUNCATE agentpulse.staged_record",
                    "UPDATE agentpulse.heartbeat SET beat = beat + 1, beaten_at = clock_timestamp() WHERE id = 1",
                    "SELECT pg_notify('sla_breach_stream', '{}')");

            assertThat(Sql.rows(writer, "SELECT health_status FROM agentpulse.agent_health"))
                    .containsExactly("idle");
        }
    }

    @Test
    void writerReadsNoSourceTableAndRemovesNoStatus() throws SQLException {
        try (Connection writer = database.connectInRole("agentpulse_writer")) {
            assertDenied(writer, "SELECT * FROM public.agent_queries");
            assertDenied(writer, "INSERT INTO public.agent_queries (agent) VALUES ('sales')");
            assertDenied(writer, "DELETE FROM agentpulse.pipeline_status");
            assertDenied(writer, "DELETE FROM agentpulse.heartbeat");
            assertDenied(writer, "SELECT agentpulse.acknowledge_alert('a', 'dana')");
            assertDenied(writer, "SELECT agentpulse.note_incident('a', 'planted')");
            assertDenied(
                    writer, "INSERT INTO agentpulse.incident_note (alert_id, note, noted_by) VALUES ('a', 'b', 'c')");
        }
    }

    @Test
    void onlyComplianceReadsTheAuditLogAndOnlyFunctionsWriteIt() throws SQLException {
        List<String> tables = List.of("audit_log", "audit_head", "audit_pending", "retention_run");
        String noteRetention = "SELECT agentpulse.note_retention('{alert_record}', '{1}', '{1}', '{0}')";
        String noteExport = "SELECT agentpulse.note_export('report', '{}')";
        try (Connection compliance = database.connectInRole("agentpulse_compliance");
                Connection writer = database.connectInRole("agentpulse_writer");
                Connection reader = database.connectInRole("agentpulse_reader")) {
            Sql.rows(writer, noteRetention);
            Sql.rows(compliance, noteExport);
            for (String table : tables) {
                Sql.rows(compliance, "SELECT * FROM agentpulse." + table);
                for (Connection connection : List.of(compliance, writer, reader)) {
                    assertDenied(connection, "DELETE FROM agentpulse." + table);
                    assertDenied(connection, "TRUNCATE agentpulse." + table);
                    assertDenied(connection, "INSERT INTO agentpulse." + table + " DEFAULT VALUES");
                }
                assertDenied(writer, "SELECT * FROM agentpulse." + table);
                assertDenied(reader, "SELECT * FROM agentpulse." + table);
            }
            assertDenied(compliance, "SELECT * FROM agentpulse.audit_head FOR UPDATE");
            for (Connection connection : List.of(compliance, writer, reader)) {
                assertDenied(connection, "SELECT agentpulse.audit_append('erase', 'conversation', '{}')");
                assertDenied(connection, "SELECT agentpulse.audit_chain()");
            }
            assertDenied(compliance, noteRetention);
            assertDenied(reader, noteRetention);
            assertDenied(reader, noteExport);
            assertDenied(writer, noteExport);
        }
    }

    @Test
    void captureReadsTheSourceAndWhatIsComparedWithItAndChangesNothing() throws SQLException {
        try (Connection capture = database.connectInRole("agentpulse_capture")) {
            for (String table : List.of("agent_queries", "agent_approvals", "agent_feedback")) {
                Sql.rows(capture, "SELECT * FROM public." + table);
                assertDenied(capture, "DELETE FROM public." + table);
            }
            Sql.rows(capture, "SELECT * FROM agentpulse.heartbeat");
            assertDenied(capture, "UPDATE agentpulse.heartbeat SET beat = 1");
            for (String table : RESULT_TABLES) {
                if (COMPARED_TABLES.contains(table)) {
                    Sql.rows(capture, "SELECT * FROM agentpulse." + table);
                } else {
                    assertDenied(capture, "SELECT * FROM agentpulse." + table);
                }
                assertDenied(capture, "DELETE FROM agentpulse." + table);
            }
            assertThat(Sql.rows(
                            capture,
                            "SELECT rolcanlogin, rolreplication, rolbypassrls, rolsuper FROM pg_roles"
                                    + " WHERE rolname = 'agentpulse_capture'"))
                    .containsExactly("f|t|t|f");
        }
    }

    @Test
    void captureSeesRowsThatRowLevelSecurityHides() throws SQLException {
        try (Connection owner = database.connect();
                Connection capture = database.connectInRole("agentpulse_capture")) {
            Sql.run(
                    owner,
                    "INSERT INTO public.agent_queries (agent) VALUES ('sales')",
                    "ALTER TABLE public.agent_queries ENABLE ROW LEVEL SECURITY");

            assertThat(Sql.rows(capture, "SELECT agent FROM public.agent_queries"))
                    .containsExactly("sales");
        }
    }

    @Test
    void strangersReachNothing() throws SQLException {
        try (Connection owner = database.connect()) {
            Sql.run(owner, "DROP ROLE IF EXISTS stranger", "CREATE ROLE stranger");
        }
        try (Connection stranger = database.connectInRole("stranger")) {
            for (String table : RESULT_TABLES) {
                assertDenied(stranger, "SELECT * FROM agentpulse." + table);
            }
            assertDenied(stranger, "SELECT agentpulse.acknowledge_alert('a', 'dana')");
            assertDenied(stranger, "SELECT * FROM public.mv_approval_queue_summary");
        }
    }

    @Test
    void everyResultTableHasRowLevelSecurity() throws SQLException {
        try (Connection owner = database.connect()) {
            // A grant alone opens nothing: without a policy there is no row.
            Sql.run(owner, INSERT_HEALTH, "DROP ROLE IF EXISTS granted", "CREATE ROLE granted");
            Sql.run(
                    owner,
                    "GRANT USAGE ON SCHEMA agentpulse TO granted",
                    "GRANT SELECT ON agentpulse.agent_health TO granted");
            assertThat(Sql.rows(
                            owner,
                            "SELECT relname FROM pg_class WHERE relnamespace = 'agentpulse'::regnamespace"
                                    + " AND relkind IN ('r', 'p') AND NOT relrowsecurity ORDER BY relname"))
                    .isEmpty();
            try (Connection granted = database.connectInRole("granted")) {
                assertThat(Sql.rows(granted, "SELECT agent FROM agentpulse.agent_health"))
                        .isEmpty();
            }
            Sql.run(owner, "DROP OWNED BY granted");
        }
    }

    private static void assertDenied(Connection connection, String sql) {
        assertThatThrownBy(() -> Sql.run(connection, sql)).as(sql).hasMessageContaining("permission denied");
    }
}
