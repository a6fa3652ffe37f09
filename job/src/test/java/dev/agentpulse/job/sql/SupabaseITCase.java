package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The extras for a Supabase project, on a Postgres that was given the roles and objects that they look for. */
class SupabaseITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    /** Realtime lets those join a channel who see a message of its topic. */
    private static final String TOPICS = "SELECT topic FROM realtime.messages ORDER BY topic";

    private Database database;

    @BeforeEach
    void migrateAProject() throws SQLException {
        database = SERVER.newDatabase();
        try (Connection connection = database.connect()) {
            for (String role : new String[] {"anon", "authenticated"}) {
                if (Sql.rows(connection, "SELECT FROM pg_roles WHERE rolname = '" + role + "'")
                        .isEmpty()) {
                    Sql.run(connection, "CREATE ROLE " + role);
                }
            }
            Sql.run(
                    connection,
                    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated",
                    "CREATE PUBLICATION supabase_realtime",
                    "CREATE SCHEMA realtime",
                    "CREATE TABLE realtime.messages (payload jsonb, event text, topic text, private boolean)",
                    "ALTER TABLE realtime.messages ENABLE ROW LEVEL SECURITY",
                    "CREATE FUNCTION realtime.send(payload jsonb, event text, topic text, private boolean)"
                            + " RETURNS void LANGUAGE sql AS 'INSERT INTO realtime.messages VALUES ($1, $2, $3, $4)'",
                    "CREATE FUNCTION realtime.topic() RETURNS text LANGUAGE sql STABLE"
                            + " AS $$ SELECT current_setting('realtime.topic', true) $$",
                    "GRANT USAGE ON SCHEMA realtime TO anon, authenticated",
                    "GRANT SELECT ON realtime.messages TO anon, authenticated");
        }
        database.migrate();
        database.migrate();
    }

    @Test
    void signedInUsersReadAggregatesAndNothingThatQuotesARow() throws SQLException {
        try (Connection owner = database.connect();
                Connection user = database.connectInRole("authenticated")) {
            Sql.run(
                    owner,
                    "INSERT INTO agentpulse.agent_health (agent, health_status, since) VALUES ('sales', 'idle',"
                            + " now())");

            assertThat(Sql.rows(user, "SELECT agent FROM agentpulse.agent_health"))
                    .containsExactly("sales");
            assertThat(Sql.rows(user, "SELECT agent FROM public.mv_realtime_agent_performance"))
                    .containsExactly("sales");
            assertDenied(user, "SELECT agentpulse.acknowledge_alert('unknown', 'dana')");
            Sql.run(user, "SET request.jwt.claims = '{\"email\": \"dana@example.com\"}'");
            assertThat(Sql.rows(user, "SELECT agentpulse.acknowledge_alert('unknown')"))
                    .containsExactly("f");
            for (String quoting : new String[] {
                "alert",
                "alert_record",
                "acknowledgement",
                "incident_note",
                "channel_event",
                "annotator_activity",
                "annotator_agreement",
                "data_quality_score",
                "rejected_change"
            }) {
                assertDenied(user, "SELECT * FROM agentpulse." + quoting);
            }
            assertDenied(user, "SELECT oldest_pending_conversation_id FROM agentpulse.approval_queue");
            assertDenied(user, "SELECT oldest_pending_id FROM agentpulse.approval_queue");
            assertDenied(user, "UPDATE agentpulse.agent_health SET health_status = 'healthy'");
            assertThat(Sql.rows(
                            user,
                            "SELECT has_table_privilege('public.mv_approval_queue_summary', 'INSERT, UPDATE, DELETE')"))
                    .containsExactly("f");
        }
    }

    @Test
    void theOldestConversationIsShownToThoseWhoMayReadConversations() throws SQLException {
        try (Connection owner = database.connect();
                Connection user = database.connectInRole("authenticated")) {
            Sql.run(
                    owner,
                    "INSERT INTO agentpulse.pipeline_status (component, as_of, tick) VALUES ('w', now(), 1)",
                    "INSERT INTO agentpulse.approval_queue (queue, pending_count, sla_breach_count, pending_under_1m,"
                            + " pending_1m_to_5m, pending_5m_to_15m, pending_over_15m, oldest_pending_id,"
                            + " oldest_pending_conversation_id, as_of) VALUES ('all', 3, 0, 3, 0, 0, 0, '7', 'c-7',"
                            + " now())");
            String question = "SELECT pending_count, oldest_pending_conversation, oldest_pending_conversation_id"
                    + " FROM public.mv_approval_queue_summary";

            assertThat(Sql.rows(user, "SELECT pending_count FROM agentpulse.approval_queue"))
                    .containsExactly("3");
            assertThat(Sql.rows(user, question)).containsExactly("3|null|null");
            assertThat(Sql.rows(owner, question)).containsExactly("3|c-7|c-7");
        }
    }

    @Test
    void theOwnerMayLetSignedInUsersReadEverythingButTheLedger() throws SQLException {
        try (Connection owner = database.connect();
                Connection user = database.connectInRole("authenticated")) {
            Sql.run(
                    owner,
                    "INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at)"
                            + " VALUES ('a', 'slow_query', '7', 'info', 'open', now())",
                    "SELECT agentpulse.allow_reading('authenticated')");

            database.migrate();

            assertThat(Sql.rows(user, "SELECT alert_id FROM agentpulse.alert")).containsExactly("a");
            Sql.rows(user, "SELECT * FROM agentpulse.approval_queue");
            Sql.rows(user, "SELECT * FROM agentpulse.channel_event");
            assertDenied(user, "SELECT * FROM agentpulse.rejected_change");
        }
    }

    @Test
    void privateChannelsAreForThoseWhoMayReadTheirMessages() throws SQLException {
        try (Connection owner = database.connect();
                Connection user = database.connectInRole("authenticated");
                Connection anonymous = database.connectInRole("anon")) {
            putMessages(owner);

            assertThat(Sql.rows(user, TOPICS)).isEmpty();
            assertThat(Sql.rows(anonymous, TOPICS)).isEmpty();

            Sql.run(owner, "SELECT agentpulse.allow_reading('authenticated')");

            Sql.run(user, "SET realtime.topic = 'agent_queries_stream'");
            assertThat(Sql.rows(user, TOPICS)).containsExactly("agent_queries_stream");
            assertThat(Sql.rows(anonymous, TOPICS)).isEmpty();
        }
    }

    @Test
    void aGrantWithoutAPolicyOpensNoChannel() throws SQLException {
        try (Connection owner = database.connect();
                Connection user = database.connectInRole("authenticated")) {
            putMessages(owner);
            Sql.run(owner, "GRANT ALL ON ALL TABLES IN SCHEMA agentpulse TO authenticated");

            assertThat(Sql.rows(user, TOPICS)).isEmpty();

            Sql.run(
                    owner,
                    "CREATE POLICY some_rows ON agentpulse.channel_event FOR SELECT TO authenticated"
                            + " USING (channel = 'agent_queries_stream')");

            assertThat(Sql.rows(user, TOPICS)).isEmpty();
        }
    }

    @Test
    void policiesForAllTopicsDoNotOpenOurs() throws SQLException {
        try (Connection owner = database.connect();
                Connection user = database.connectInRole("authenticated")) {
            putMessages(owner);
            Sql.run(
                    owner,
                    "GRANT INSERT, UPDATE, DELETE ON realtime.messages TO authenticated",
                    "CREATE POLICY receive ON realtime.messages TO authenticated USING (true) WITH CHECK (true)");

            assertThat(Sql.rows(user, TOPICS)).containsExactly("room:1");
            Sql.run(
                    user,
                    "UPDATE realtime.messages SET payload = '1'",
                    "INSERT INTO realtime.messages (topic) VALUES ('room:2')");
            assertThatThrownBy(() ->
                            Sql.run(user, "INSERT INTO realtime.messages (topic) VALUES ('agent_queries_stream')"))
                    .hasMessageContaining("row-level security");
            assertThatThrownBy(() -> Sql.run(user, "UPDATE realtime.messages SET topic = 'sla_breach_stream'"))
                    .hasMessageContaining("row-level security");
        }
    }

    private static void putMessages(Connection owner) throws SQLException {
        Sql.run(owner, "INSERT INTO realtime.messages (topic) VALUES ('agent_queries_stream'), ('room:1')");
    }

    @Test
    void theServersKeyReadsEverything() throws SQLException {
        try (Connection owner = database.connect()) {
            Sql.run(owner, "DROP ROLE IF EXISTS service_role", "CREATE ROLE service_role BYPASSRLS");
            database.migrate();
            try (Connection server = database.connectInRole("service_role")) {
                Sql.rows(server, "SELECT * FROM agentpulse.alert");
                Sql.rows(server, "SELECT * FROM agentpulse.rejected_change");
                Sql.rows(server, "SELECT * FROM public.mv_realtime_agent_performance");
                assertDenied(server, "DELETE FROM agentpulse.alert");
            }
            Sql.run(owner, "DROP OWNED BY service_role", "DROP ROLE service_role");
        }
    }

    @Test
    void signedOutUsersReadNothing() throws SQLException {
        try (Connection anonymous = database.connectInRole("anon")) {
            assertDenied(anonymous, "SELECT * FROM agentpulse.agent_health");
            assertDenied(anonymous, "SELECT * FROM public.mv_realtime_agent_performance");
            assertDenied(anonymous, "SELECT agentpulse.acknowledge_alert('a', 'dana')");
        }
    }

    @Test
    void publishesTheResultTablesButNeitherLedgerNorHeartbeat() throws SQLException {
        try (Connection connection = database.connect()) {
            assertThat(Sql.rows(
                            connection,
                            "SELECT tablename FROM pg_publication_tables WHERE pubname = 'supabase_realtime'"
                                    + " ORDER BY tablename"))
                    .containsExactly(
                            "acknowledgement",
                            "agent_capacity",
                            "agent_health",
                            "agent_performance",
                            "agent_quality",
                            "agent_trend",
                            "alert_record",
                            "annotator_activity",
                            "approval_activity",
                            "approval_queue",
                            "channel_event",
                            "incident_note",
                            "pipeline_status",
                            "training_quality");
        }
    }

    @Test
    void letsTheWriterBroadcast() throws SQLException {
        try (Connection writer = database.connectInRole("agentpulse_writer");
                Connection owner = database.connect()) {
            Sql.run(writer, "SELECT realtime.send('{}', 'sla_breach', 'sla_breach_stream', true)");
            assertThatThrownBy(() -> Sql.run(writer, "SELECT realtime.send('{}', 'x', 'room:1', true)"))
                    .hasMessageContaining("row-level security");

            assertThat(Sql.rows(owner, "SELECT topic FROM realtime.messages")).containsExactly("sla_breach_stream");
        }
    }

    private static void assertDenied(Connection connection, String sql) {
        assertThatThrownBy(() -> Sql.run(connection, sql)).as(sql).hasMessageContaining("permission denied");
    }
}
