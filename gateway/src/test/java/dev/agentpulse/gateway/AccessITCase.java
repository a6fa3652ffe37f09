package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Date;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may read and do what: each cell of the table in docs/security.md. */
class AccessITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer();

    @BeforeEach
    void fill() throws SQLException {
        SERVER.run(
                "DELETE FROM agentpulse.alert",
                "INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at)"
                        + " VALUES ('a/1', 'agent_degraded', 'sales', 'warning', 'open', now())");
        SERVER.tick();
    }

    @Test
    void aRequestWithoutAKeyIsRefused() {
        for (String path : new String[] {"/rest/v1/alert", "/api/snapshot", "/api/events", "/realtime/v1/websocket"}) {
            HttpResponse<String> response = SERVER.send("GET", path, null, "Accept-Profile", "agentpulse");

            assertThat(response.statusCode()).as(path).isEqualTo(401);
            assertThat(response.body()).contains("\"message\":\"No API key found in request\"");
        }
    }

    @Test
    void anOpaqueKeyIsAsGoodAsAToken() {
        assertThat(SERVER.send("GET", "/api/snapshot", "sb_publishable_tests").statusCode())
                .isEqualTo(200);
        assertThat(SERVER.send("GET", "/api/snapshot", "sb_publishable_other").statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "forged",
        "expired",
        "not yet valid",
        "of another audience",
        "of another role",
        "without a role",
        "of no algorithm",
        "of no shape"
    })
    void aBadTokenIsRefused(String kind) {
        Date past = Date.from(Instant.now().minusSeconds(60));
        Date future = Date.from(Instant.now().plusSeconds(60));
        UnaryOperator<JWTClaimsSet.Builder> role = claims -> claims.claim("role", "authenticated");
        String token =
                switch (kind) {
                    case "forged" -> Tokens.sign("another secret that is just as long as the right one", role);
                    case "expired" -> Tokens.sign(claims -> role.apply(claims).expirationTime(past));
                    case "not yet valid" ->
                        Tokens.sign(claims -> role.apply(claims).notBeforeTime(future));
                    case "of another audience" ->
                        Tokens.sign(claims -> role.apply(claims).audience("elsewhere"));
                    case "of another role" -> Tokens.sign(claims -> claims.claim("role", "postgres"));
                    case "without a role" -> Tokens.sign(claims -> claims.subject("x"));
                    case "of no algorithm" -> "eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYXV0aGVudGljYXRlZCJ9.";
                    default -> "x.y.z";
                };

        HttpResponse<String> asToken = SERVER.results("alert", "Authorization", "Bearer " + token);
        HttpResponse<String> asKey = SERVER.send("GET", "/api/snapshot", token);

        assertThat(asToken.statusCode()).isEqualTo(401);
        assertThat(asToken.body()).contains("\"message\":");
        assertThat(asKey.statusCode()).isEqualTo(401);
        assertThat(asKey.body()).contains("Invalid API key");
    }

    @Test
    void anonReadsWhatItWasGivenAndNeverTheLedger() {
        for (String table : new String[] {
            "agent_performance",
            "agent_performance_history",
            "approval_history",
            "training_history",
            "history_progress",
            "history_reach",
            "agent_health",
            "approval_queue",
            "approval_activity",
            "training_quality",
            "annotator_activity",
            "annotator_agreement",
            "data_quality_daily",
            "data_quality_score",
            "alert",
            "incident_note",
            "retention_state",
            "all_agents_history",
            "all_agents_forecast",
            "audit_proof",
            "audit_today",
            "readable_table",
            "channel_event",
            "pipeline_status"
        }) {
            assertThat(SERVER.results(table).statusCode()).as(table).isEqualTo(200);
        }
        assertThat(SERVER.results("rejected_change").statusCode()).isEqualTo(401);
        assertThat(SERVER.results(
                                "rejected_change",
                                "Authorization",
                                "Bearer " + Tokens.authenticated("dana@example.com"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(SERVER.get("/api/snapshot").body()).doesNotContain("rejected_change");
    }

    @Test
    void signedInPeopleReadAggregatesUntilTheOwnerSaysMore() throws SQLException {
        String dana = "Bearer " + Tokens.authenticated("dana@example.com");
        for (String table : new String[] {
            "agent_performance",
            "agent_performance_history",
            "all_agents_history",
            "all_agents_forecast",
            "readable_table",
            "approval_history",
            "history_progress",
            "history_reach",
            "agent_health",
            "approval_activity",
            "training_quality",
            "pipeline_status",
            "approval_queue?select=pending_count"
        }) {
            assertThat(SERVER.results(table, "Authorization", dana).statusCode())
                    .as(table)
                    .isEqualTo(200);
        }
        for (String table : new String[] {
            "alert",
            "incident_note",
            "channel_event",
            "annotator_activity",
            "annotator_agreement",
            "data_quality_daily",
            "data_quality_score",
            "training_history",
            "audit_proof",
            "audit_today",
            "approval_queue?select=oldest_pending_conversation_id"
        }) {
            assertThat(SERVER.results(table, "Authorization", dana).statusCode())
                    .as(table)
                    .isEqualTo(403);
        }
    }

    @Test
    void everybodyIsToldWhichTablesTheyMayRead() throws SQLException {
        String asked = "readable_table?name=in.(agent_health,audit_today,rejected_change)&order=name";
        assertThat(SERVER.results(asked).body())
                .contains("\"agent_health\"", "\"audit_today\"")
                .doesNotContain("rejected");
        String dana = "Bearer " + Tokens.authenticated("dana@example.com");
        assertThat(SERVER.results(asked, "Authorization", dana).body()).isEqualTo("[{\"name\":\"agent_health\"}]");
    }

    @Test
    void tablesBehindAViewAreNotServed() {
        for (String table : new String[] {"alert_record", "acknowledgement", "heartbeat", "source_shape"}) {
            assertThat(SERVER.results(table).statusCode()).as(table).isEqualTo(404);
        }
    }

    @Test
    void anonReadsNothingUntilItIsLetIn() throws SQLException {
        SERVER.run("REVOKE USAGE ON SCHEMA agentpulse FROM anon");
        try {
            HttpResponse<String> table = SERVER.results("agent_health");
            assertThat(table.statusCode()).isEqualTo(401);
            assertThat(table.body()).contains("\"code\":\"42501\"");
        } finally {
            SERVER.run("GRANT USAGE ON SCHEMA agentpulse TO anon");
        }
    }

    @Test
    void rowLevelSecurityHoldsForWhoeverAsks() throws SQLException {
        SERVER.run(
                "CREATE POLICY only_mine ON agentpulse.rejected_change FOR SELECT TO authenticated"
                        + " USING (row_key = current_setting('request.jwt.claims', true)::jsonb ->> 'email')",
                "GRANT SELECT ON agentpulse.rejected_change TO authenticated",
                "INSERT INTO agentpulse.rejected_change (event_key, source_table, row_key, reason, change) VALUES"
                        + " ('1', 't', 'dana@example.com', 'missing_agent', '{}'), ('2', 't', 'eli@example.com', 'missing_agent', '{}')");
        try {
            for (String who : new String[] {"dana@example.com", "eli@example.com"}) {
                assertThat(SERVER.results(
                                        "rejected_change?select=row_key",
                                        "Authorization",
                                        "Bearer " + Tokens.authenticated(who))
                                .body())
                        .isEqualTo("[{\"row_key\":\"" + who + "\"}]");
            }
        } finally {
            SERVER.run(
                    "REVOKE SELECT ON agentpulse.rejected_change FROM authenticated",
                    "DROP POLICY only_mine ON agentpulse.rejected_change",
                    "DELETE FROM agentpulse.rejected_change");
        }
    }

    @Test
    void acknowledgesInTheNameOfTheTokenAndUndoes() throws SQLException {
        String dana = "Bearer " + Tokens.authenticated("dana@example.com");
        String path = "/api/alerts/a%2F1/acknowledge";

        HttpResponse<String> done = SERVER.send("POST", path, Tokens.anon(), "Authorization", dana);
        assertThat(done.body()).isEqualTo("{\"acknowledged_by\":\"dana@example.com\"}");
        assertThat(SERVER.rows("SELECT status, acknowledged_by FROM agentpulse.alert WHERE alert_id = 'a/1'"))
                .containsExactly("acknowledged|dana@example.com");
        assertThat(SERVER.send("POST", path, Tokens.anon(), "Authorization", dana)
                        .statusCode())
                .isEqualTo(409);

        assertThat(SERVER.send("DELETE", path, Tokens.anon(), "Authorization", dana)
                        .statusCode())
                .isEqualTo(200);
        assertThat(SERVER.rows("SELECT status, acknowledged_by FROM agentpulse.alert WHERE alert_id = 'a/1'"))
                .containsExactly("open|null");
    }

    @Test
    void whoeverSignsInIsWrittenDownOnceByNameAndRole() throws SQLException {
        String token = Tokens.authenticated("kim@example.com");
        for (int request = 0; request < 3; request++) {
            SERVER.results("agent_health", "Authorization", "Bearer " + token);
        }
        SERVER.results("agent_health", "Authorization", "Bearer " + Tokens.authenticated("lou@example.com"));

        String entries = "SELECT actor, subject, details ->> 'expires_at' IS NOT NULL FROM agentpulse.audit_log"
                + " WHERE action = 'sign_in' AND actor IN ('kim@example.com', 'lou@example.com') ORDER BY seq";
        Await.until("two entries", () -> SERVER.rows(entries).size() == 2);
        assertThat(SERVER.rows(entries))
                .containsExactlyInAnyOrder("kim@example.com|authenticated|t", "lou@example.com|authenticated|t");
    }

    @Test
    void whoeverReadsWithAKeyAloneSignsInNowhere() throws SQLException {
        SERVER.results("agent_health");

        assertThat(SERVER.rows(
                        "SELECT count(*) FROM agentpulse.audit_log WHERE action = 'sign_in' AND subject = 'anon'"))
                .containsExactly("0");
    }

    @Test
    void readingIsNoRightToAcknowledge() throws SQLException {
        HttpResponse<String> anon = SERVER.send("POST", "/api/alerts/a%2F1/acknowledge", Tokens.anon());
        HttpResponse<String> nobody = SERVER.send(
                "POST",
                "/api/alerts/a%2F1/acknowledge",
                Tokens.anon(),
                "Authorization",
                "Bearer " + Tokens.sign(claims -> claims.claim("role", "authenticated")));

        assertThat(anon.statusCode()).isEqualTo(401);
        assertThat(nobody.statusCode()).isEqualTo(403);
        assertThat(nobody.body()).contains("names nobody");
        assertThat(SERVER.rows("SELECT status FROM agentpulse.alert WHERE alert_id = 'a/1'"))
                .containsExactly("open");
    }

    @Test
    void signedInPeopleCannotGiveAnotherName() throws SQLException {
        assertThat(SERVER.rows("SELECT has_function_privilege('authenticated',"
                        + " 'agentpulse.acknowledge_alert(text, text)', 'EXECUTE')"))
                .containsExactly("f");
    }
}
