package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The unmodified supabase-js against the gateway. */
class SupabaseClientITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(GatewayServer::withoutStaleAlerts);

    private static final String HEALTH = "{\"event\":\"*\",\"schema\":\"agentpulse\",\"table\":\"agent_health\"}";

    @BeforeEach
    void empty() throws SQLException {
        SERVER.tick(
                "DELETE FROM agentpulse.agent_health",
                "DELETE FROM agentpulse.channel_event",
                "DELETE FROM agentpulse.alert",
                "INSERT INTO agentpulse.agent_health (agent, health_status, since, avg_latency_ms_1m) VALUES"
                        + " ('old', 'healthy', now(), 50.5)");
    }

    @Test
    void readsAsSupabaseUsersDo() {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            JsonNode read = client.evaluate(
                    "return client.schema('agentpulse').from('agent_health').select('agent, status:health_status', {count: 'exact'})"
                            + ".eq('agent', 'old').order('since', {ascending: false, nullsFirst: false}).range(0, 9)");
            assertThat(read.path("error").isNull()).as(read.toString()).isTrue();
            assertThat(read.path("count").asInt()).isEqualTo(1);
            assertThat(read.path("data").toString()).isEqualTo("[{\"agent\":\"old\",\"status\":\"healthy\"}]");

            JsonNode single = client.evaluate(
                    "return client.schema('agentpulse').from('agent_health').select('*').eq('agent', 'none').single()");
            assertThat(single.path("error").path("code").asText()).isEqualTo("PGRST116");
            JsonNode maybe = client.evaluate(
                    "return client.schema('agentpulse').from('agent_health').select('*').eq('agent', 'none').maybeSingle()");
            assertThat(maybe.path("error").isNull() && maybe.path("data").isNull())
                    .isTrue();

            JsonNode view = client.evaluate("return client.from('mv_realtime_agent_performance').select('agent')");
            assertThat(view.path("data").toString()).isEqualTo("[{\"agent\":\"old\"}]");
            JsonNode head = client.evaluate(
                    "return client.schema('agentpulse').from('agent_health').select('*', {count: 'exact', head: true})");
            assertThat(head.path("count").asInt()).isEqualTo(1);
            JsonNode csv =
                    client.evaluate("return client.schema('agentpulse').from('agent_health').select('agent').csv()");
            assertThat(csv.path("data").asText()).isEqualTo("agent\nold");
            JsonNode quote = client.evaluate(
                    "return client.schema('agentpulse').from('agent_health').select('*').in('agent', ['a\"b', 'c,\"d'])");
            assertThat(quote.path("error").path("code").asText()).isEqualTo("PGRST100");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0", "2.0.0"})
    void changesOfResultTablesCome(String version) throws SQLException {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon(), "vsn", version)) {
            client.subscribe("changes", HEALTH);
            client.awaitStatus("changes", "SUBSCRIBED");
            assertThat(client.awaitSystem("changes").path("message").asText()).isEqualTo("Subscribed to PostgreSQL");

            SERVER.tick("INSERT INTO agentpulse.agent_health (agent, health_status, since, avg_latency_ms_1m)"
                    + " VALUES ('new', 'idle', now(), 7)");
            // Two ticks within one read would be one change: the newest state is what comes.
            client.await("change", "changes", 1);
            SERVER.tick("UPDATE agentpulse.agent_health SET health_status = 'warning' WHERE agent = 'new'");
            client.await("change", "changes", 2);
            SERVER.tick("DELETE FROM agentpulse.agent_health WHERE agent = 'new'");

            List<JsonNode> changes = client.await("change", "changes", 3);
            JsonNode last = changes.get(changes.size() - 1).path("payload");
            assertThat(changes.get(0)
                            .path("payload")
                            .path("new")
                            .path("avg_latency_ms_1m")
                            .asDouble())
                    .isEqualTo(7);
            assertThat(changes.get(0).path("payload").path("eventType").asText())
                    .isEqualTo("INSERT");
            assertThat(changes.get(1)
                            .path("payload")
                            .path("new")
                            .path("health_status")
                            .asText())
                    .isEqualTo("warning");
            assertThat(last.path("eventType").asText()).isEqualTo("DELETE");
            assertThat(last.path("old").toString()).isEqualTo("{\"agent\":\"new\"}");
            assertThat(last.path("table").asText()).isEqualTo("agent_health");
        }
    }

    @Test
    void twoHundredRowsOfOneTransactionComeOnceEachAndInOrder() throws SQLException {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.subscribe("feed", "{\"event\":\"INSERT\",\"schema\":\"agentpulse\",\"table\":\"channel_event\"}");
            client.listen("agent_queries_stream", "{}");
            client.awaitSystem("feed");
            client.awaitStatus("agent_queries_stream", "SUBSCRIBED");

            SERVER.tick(messages("agent_queries_stream", "new_query", 200));
            SERVER.tick(messages("sla_breach_stream", "sla_breach", 1));

            List<JsonNode> rows = client.await("change", "feed", 201);
            List<JsonNode> messages = client.await("broadcast", "agent_queries_stream", 200);
            List<Integer> expected = IntStream.rangeClosed(1, 200).boxed().toList();
            assertThat(messages.stream().map(m -> m.path("payload").path("n").asInt()))
                    .containsExactlyElementsOf(expected);
            assertThat(messages.get(0).path("name").asText()).isEqualTo("new_query");
            assertThat(rows.stream().limit(200).map(r -> r.path("payload")
                            .path("new")
                            .path("payload")
                            .path("n")
                            .asInt()))
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    void filtersAndEventsHold() throws SQLException {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            String table = "\"schema\":\"agentpulse\",\"table\":\"agent_health\"";
            client.subscribe(
                    "filtered",
                    "{\"event\":\"INSERT\"," + table + ",\"filter\":\"avg_latency_ms_1m=gt.100\"}",
                    "{\"event\":\"UPDATE\"," + table + "}",
                    "{\"event\":\"*\"," + table + ",\"filter\":\"agent=in.(a,c)\"}",
                    "{\"event\":\"*\"," + table + ",\"filter\":\"agent=neq.a\"}");
            client.awaitSystem("filtered");

            SERVER.tick("INSERT INTO agentpulse.agent_health (agent, health_status, since, avg_latency_ms_1m) VALUES"
                    + " ('a', 'idle', now(), 99.9), ('b', 'idle', now(), 100.01), ('c', 'idle', now(), NULL)");
            client.await("change", "filtered", 5);
            SERVER.tick("UPDATE agentpulse.agent_health SET avg_latency_ms_1m = 500 WHERE agent = 'a'");

            assertThat(client.await("change", "filtered", 7).stream()
                            .map(c -> c.path("binding").asInt()
                                    + c.path("payload").path("eventType").asText() + " "
                                    + c.path("payload")
                                            .path("new")
                                            .path("agent")
                                            .asText()))
                    .containsExactlyInAnyOrder(
                            "0INSERT b", "2INSERT a", "2INSERT c", "3INSERT b", "3INSERT c", "1UPDATE a", "2UPDATE a");
        }
    }

    @Test
    void afterLeavingNothingOfTheTopicComes() throws SQLException {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.subscribe("left", HEALTH);
            client.subscribe("stays", HEALTH);
            client.awaitSystem("left");
            client.awaitSystem("stays");
            client.run(SupabaseClient.command("leave").put("channel", "left"));

            SERVER.tick("UPDATE agentpulse.agent_health SET health_status = 'degraded'");

            client.await("change", "stays", 1);
            assertThat(client.all("change", "left")).isEmpty();
        }
    }

    @Test
    void unknownTablesAndUnreadableOnesSayWhy() {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.subscribe("none", "{\"event\":\"*\",\"schema\":\"agentpulse\",\"table\":\"nothing\"}");
            client.subscribe("ledger", "{\"event\":\"*\",\"schema\":\"agentpulse\",\"table\":\"rejected_change\"}");

            for (String channel : new String[] {"none", "ledger"}) {
                JsonNode system = client.awaitSystem(channel);
                assertThat(system.path("status").asText()).isEqualTo("error");
                assertThat(system.path("message").asText()).startsWith("Unable to subscribe to changes");
            }
        }
    }

    @Test
    void clientsBroadcastToEachOtherButNotOnOurChannels() {
        try (SupabaseClient sender = SupabaseClient.create(SERVER, Tokens.anon());
                SupabaseClient receiver = SupabaseClient.create(SERVER, Tokens.anon())) {
            receiver.listen("room", "{}");
            receiver.listen("sla_breach_stream", "{}");
            sender.listen("room", "{\"broadcast\":{\"ack\":true,\"self\":true}}");
            sender.listen("sla_breach_stream", "{\"broadcast\":{\"ack\":true}}");
            for (SupabaseClient each : List.of(sender, receiver)) {
                each.awaitStatus("room", "SUBSCRIBED");
                each.awaitStatus("sla_breach_stream", "SUBSCRIBED");
            }

            assertThat(send(sender, "sla_breach_stream")).isEqualTo("error");
            assertThat(send(sender, "room")).isEqualTo("ok");

            assertThat(receiver.await("broadcast", "room", 1)
                            .get(0)
                            .path("payload")
                            .path("x")
                            .asInt())
                    .isEqualTo(1);
            assertThat(sender.await("broadcast", "room", 1)).hasSize(1);
            assertThat(receiver.all("broadcast", "sla_breach_stream")).isEmpty();
            JsonNode http = sender.evaluate("return client.channel('room').httpSend('later', {y: 2})");
            assertThat(http.path("success").asBoolean()).isTrue();
            assertThat(receiver.await("broadcast", "room", 2)
                            .get(1)
                            .path("payload")
                            .path("y")
                            .asInt())
                    .isEqualTo(2);
        }
    }

    @Test
    void forgedAndExpiredTokensEndTheirChannels() {
        String forged = Tokens.sign(
                "another secret that is just as long as the right one", c -> c.claim("role", "authenticated"));
        String expired = Tokens.sign(c -> c.claim("role", "authenticated")
                .expirationTime(Date.from(Instant.now().minusSeconds(60))));
        for (String bad : List.of(forged, expired)) {
            try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
                client.subscribe("changes", HEALTH);
                client.awaitSystem("changes");

                client.run(SupabaseClient.command("setAuth").put("token", bad));

                client.awaitStatus("changes", "CLOSED");
            }
        }
    }

    @Test
    void aTokenThatExpiresEndsItsChannel() {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            // Half a minute of leeway is granted, so this token has about ten seconds left.
            String short_ = Tokens.sign(c -> c.claim("role", "authenticated")
                    .expirationTime(Date.from(Instant.now().minusSeconds(20))));
            client.run(SupabaseClient.command("setAuth").put("token", short_));
            client.subscribe("changes", HEALTH);
            client.awaitStatus("changes", "SUBSCRIBED");

            client.awaitStatus("changes", "CLOSED");
        }
    }

    @Test
    void aRefreshedTokenKeepsTheChannel() throws SQLException {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.subscribe("changes", HEALTH);
            client.awaitSystem("changes");
            client.run(SupabaseClient.command("setAuth").put("token", Tokens.authenticated("dana@example.com")));

            SERVER.tick("UPDATE agentpulse.agent_health SET health_status = 'degraded'");

            client.await("change", "changes", 1);
        }
    }

    @Test
    void presenceIsAnsweredPolitely() {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            JsonNode state = client.evaluate(
                    "const c = client.channel('here', {config: {presence: {key: 'me', enabled: true}}});"
                            + "await new Promise((done) => c.on('presence', {event: 'sync'}, () => {}).subscribe((s) => s === 'SUBSCRIBED' && done()));"
                            + "return [await c.track({online: true}), c.presenceState()]");
            assertThat(state.get(0).asText()).isEqualTo("ok");
        }
    }

    @Test
    void acknowledgesByFunctionAsAtSupabase() throws SQLException {
        SERVER.run("INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at)"
                + " VALUES ('r', 'agent_degraded', 'old', 'warning', 'open', now())");
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.authenticated("dana@example.com"))) {
            JsonNode done =
                    client.evaluate("return client.schema('agentpulse').rpc('acknowledge_alert', {alert_id: 'r'})");

            assertThat(done.path("data").asBoolean()).as(done.toString()).isTrue();
            assertThat(SERVER.rows("SELECT acknowledged_by FROM agentpulse.alert"))
                    .containsExactly("dana@example.com");
        }
    }

    @Test
    void writesANoteByFunctionAsAtSupabase() throws SQLException {
        SERVER.run("INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at)"
                + " VALUES ('n', 'agent_degraded', 'noted', 'warning', 'open', now())");
        String call = "return client.schema('agentpulse').rpc('note_incident', ";
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.authenticated("dana@example.com"))) {
            assertThat(client.evaluate(call + "{alert_id: 'n', text: 'restarted it'})")
                            .path("data")
                            .asBoolean())
                    .isTrue();
            assertThat(client.evaluate(call + "{alert_id: 'unknown', text: 'what?'})")
                            .path("data")
                            .asBoolean(true))
                    .isFalse();
            JsonNode tooLong = client.evaluate(call + "{alert_id: 'n', text: 'x'.repeat(1001)})");
            assertThat(tooLong.path("status").asInt()).as(tooLong.toString()).isEqualTo(400);
            assertThat(tooLong.path("error").path("message").asText()).contains("1 to 1000 characters");
            assertThat(client.evaluate(call + "{alert_id: 'n'})").path("status").asInt())
                    .isEqualTo(404);
        }
        try (SupabaseClient nobody = SupabaseClient.create(SERVER, Tokens.anon())) {
            assertThat(nobody.evaluate(call + "{alert_id: 'n', text: 'planted'})")
                            .path("status")
                            .asInt())
                    .isEqualTo(401);
        }
        assertThat(SERVER.rows("SELECT note, noted_by FROM agentpulse.incident_note"))
                .containsExactly("restarted it|dana@example.com");
    }

    @Test
    void comesBackAfterTheGatewayWasAway() throws SQLException {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.subscribe("changes", HEALTH);
            client.awaitSystem("changes");
            int port = SERVER.port();
            SERVER.stopGateway();
            SERVER.tick("UPDATE agentpulse.agent_health SET health_status = 'degraded'");
            SERVER.startGateway(port);

            client.await("system", "changes", 2);
            SERVER.tick("UPDATE agentpulse.agent_health SET health_status = 'warning'");

            List<JsonNode> changes = client.await("change", "changes", 1);
            assertThat(changes.get(0)
                            .path("payload")
                            .path("new")
                            .path("health_status")
                            .asText())
                    .isEqualTo("warning");
        }
    }

    private static String send(SupabaseClient client, String channel) {
        return client.evaluate("return channels.get('" + channel
                        + "').send({type: 'broadcast', event: 'hello', payload: {x: 1}})")
                .asText();
    }

    private static String messages(String channel, String event, int count) {
        return "INSERT INTO agentpulse.channel_event (event_key, channel, payload, event_time)"
                + " SELECT '" + channel + "' || n || clock_timestamp(), '" + channel + "',"
                + " jsonb_build_object('event', '" + event + "', 'n', n), now() FROM generate_series(1, " + count
                + ") n";
    }
}
