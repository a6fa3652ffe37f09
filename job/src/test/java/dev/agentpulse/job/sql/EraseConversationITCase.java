package dev.agentpulse.job.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentpulse.proof.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nothing of ours quotes a conversation that was erased, and everything else stays. */
class EraseConversationITCase {

    @RegisterExtension
    static final SqlServer SERVER = new SqlServer();

    private static final String ERASED = "order \"7\"\\é";
    private static final String LONG = "long".repeat(100);
    private static final String SAID = "my address is 1 Main Street";

    private Database database;

    @BeforeEach
    void quoteTwoConversations() throws SQLException {
        database = SERVER.newMigratedDatabase();
        for (String conversation : List.of(ERASED, "other", LONG)) {
            String key = conversation.substring(0, 4);
            try (Connection owner = database.connect()) {
                Sql.run(owner, """
                        INSERT INTO agentpulse.alert_record
                            (alert_id, rule, subject, severity, status, conversation_id, details, opened_at)
                        VALUES ('%1$s', 'slow_query', '1', 'info', 'open', '%2$s',
                            jsonb_build_object('agent', 'sales', 'query', '%3$s', 'labels', '["rude"]'::jsonb), now());
                        INSERT INTO agentpulse.channel_event (event_key, channel, payload, event_time)
                        VALUES ('%1$s', 'agent_queries_stream', jsonb_build_object('event', 'new_query', 'id', 1,
                            'agent', 'sales', 'conversation_id', left('%2$s', 200), 'query', '%3$s'), now());
                        INSERT INTO agentpulse.rejected_change (event_key, source_table, row_key, reason, change)
                        VALUES ('%1$s', 'agent_queries', '1', 'missing_agent',
                            jsonb_build_object('conversation_id', left('%2$s', 200), 'query', '%3$s')),
                            ('%1$s w', 'channel_event', '1', 'cannot_be_written',
                                jsonb_build_object('row', jsonb_build_object('payload',
                                    jsonb_build_object('conversation_id', left('%2$s', 200), 'query', '%3$s')::text)));
                        INSERT INTO agentpulse.approval_queue (queue, pending_count, sla_breach_count, pending_under_1m,
                            pending_1m_to_5m, pending_5m_to_15m, pending_over_15m, oldest_pending_id,
                            oldest_pending_conversation_id, as_of)
                        VALUES ('%1$s', 1, 0, 1, 0, 0, 0, '1', '%2$s', now())
                        """.formatted(key, conversation, SAID));
            }
        }
    }

    @Test
    void whatQuotesTheConversationIsTakenOutAndTheRestStays() throws SQLException {
        try (Connection compliance = database.connectInRole("agentpulse_compliance");
                Connection owner = database.connect()) {
            Sql.run(
                    owner,
                    "INSERT INTO agentpulse.incident_note (alert_id, note, noted_by) VALUES"
                            + " ('orde', '" + SAID + "', 'dana'), ('othe', 'same as " + ERASED + "', 'eli'),"
                            + " ('othe', 'restarted', 'eli')");
            String others = tables("NOT LIKE", "orde%");
            assertThat(Sql.rows(compliance, "SELECT * FROM agentpulse.erase_conversation('" + ERASED + "')"))
                    .containsExactly(
                            "alert_record|1",
                            "incident_note|2",
                            "channel_event|1",
                            "rejected_change|2",
                            "approval_queue|1",
                            "on the way: erase again when they are written|0");

            assertThat(Sql.rows(owner, everything("LIKE", "orde%")).toString())
                    .contains("sales", "new_query", "missing_agent")
                    .doesNotContain("order", "rude", SAID);
            assertThat(tables("NOT LIKE", "orde%")).isEqualTo(others);
            assertThat(Sql.rows(owner, "SELECT note, noted_by FROM agentpulse.incident_note ORDER BY note_id"))
                    .containsExactly("(erased)|dana", "(erased)|eli", "restarted|eli");
        }
    }

    @Test
    void anIdThatMessagesCutIsFoundByItsBeginning() throws SQLException {
        try (Connection owner = database.connect()) {
            assertThat(Sql.rows(owner, "SELECT * FROM agentpulse.erase_conversation('" + LONG + "')"))
                    .contains("alert_record|1", "channel_event|1");
            assertThat(Sql.rows(owner, everything("LIKE", "long%")).toString()).doesNotContain("longlong", SAID);
        }
    }

    @Test
    void theErasureIsWrittenDownWithoutTheConversation() throws SQLException {
        try (Connection owner = database.connect()) {
            Sql.rows(owner, "SELECT agentpulse.erase_conversation('other')");
            Sql.rows(owner, "SELECT agentpulse.erase_conversation('unknown')");

            List<String> entries = Sql.rows(
                    owner,
                    "SELECT actor, subject, details ->> 'alert_record', details ->> 'conversation_sha256' ="
                            + " encode(sha256('other'), 'hex') FROM agentpulse.audit_log WHERE action = 'erase' ORDER BY seq");
            assertThat(entries).containsExactly("postgres|conversation|1|t", "postgres|conversation|0|f");
            assertThat(Sql.rows(owner, "SELECT details FROM agentpulse.audit_log")
                            .toString())
                    .doesNotContain("other", "unknown", SAID);
        }
    }

    @Test
    void whoeverChangesRowsOfTheJobHoldsThemBriefly() throws SQLException {
        String limit = "SHOW idle_in_transaction_session_timeout";
        try (Connection owner = database.connect()) {
            for (String call : List.of(
                    "SELECT agentpulse.erase_conversation('other')",
                    "SELECT agentpulse.raise_pipeline_alert('pipeline_x', 'x', 'warning', 1, 1, now())",
                    "SELECT agentpulse.resolve_pipeline_alert('pipeline_x', 'x')")) {
                for (String[] limits : new String[][] {{"0", "2s"}, {"1min", "2s"}, {"1500ms", "1500ms"}}) {
                    Sql.run(owner, "SET idle_in_transaction_session_timeout = '" + limits[0] + "'");
                    owner.setAutoCommit(false);
                    Sql.rows(owner, call);
                    assertThat(Sql.rows(owner, limit)).as(call).containsExactly(limits[1]);
                    owner.commit();
                    owner.setAutoCommit(true);
                    assertThat(Sql.rows(owner, limit)).containsExactly(limits[0]);
                }
            }
        }
    }

    @Test
    void onlyComplianceMayAndOnlyWithAName() throws SQLException {
        for (String role : List.of("agentpulse_reader", "agentpulse_writer", "agentpulse_capture", "authenticated")) {
            try (Connection connection = database.connectInRole(role)) {
                assertThatThrownBy(() -> Sql.rows(connection, "SELECT agentpulse.erase_conversation('other')"))
                        .as(role)
                        .hasMessageContaining("permission denied");
            }
        }
        try (Connection compliance = database.connectInRole("agentpulse_compliance")) {
            for (String nothing : List.of("''", "NULL")) {
                assertThatThrownBy(() -> Sql.rows(compliance, "SELECT agentpulse.erase_conversation(" + nothing + ")"))
                        .hasMessageContaining("Name the conversation");
            }
        }
    }

    private String tables(String like, String pattern) throws SQLException {
        try (Connection owner = database.connect()) {
            return Sql.rows(owner, everything(like, pattern)).toString();
        }
    }

    private static String everything(String like, String pattern) {
        return "SELECT a::text FROM agentpulse.alert_record a WHERE alert_id " + like + " '" + pattern + "'"
                + " UNION ALL SELECT m::text FROM agentpulse.channel_event m WHERE event_key " + like + " '" + pattern
                + "' UNION ALL SELECT r::text FROM agentpulse.rejected_change r WHERE event_key " + like + " '"
                + pattern + "' UNION ALL SELECT q::text FROM agentpulse.approval_queue q WHERE queue " + like + " '"
                + pattern + "' ORDER BY 1";
    }
}
