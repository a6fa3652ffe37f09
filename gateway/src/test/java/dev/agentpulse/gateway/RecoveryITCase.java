package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Postgres, the gateway and the job go away and come back: figures are right, nothing comes twice, nothing is missed. */
class RecoveryITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(config -> config.withSource(
            SourceConfig.of(new DatabaseLogin(config.database().url(), "postgres", null))));

    private static final String HEALTH = "{\"event\":\"*\",\"schema\":\"agentpulse\",\"table\":\"agent_health\"}";
    private static final String QUERIES = "{\"event\":\"*\",\"schema\":\"public\",\"table\":\"agent_queries\"}";
    private static final String CHANNEL = "sla_breach_stream";

    @BeforeEach
    void empty() throws SQLException {
        SERVER.run("DELETE FROM public.agent_queries", "GRANT SELECT ON public.agent_queries TO anon");
        SERVER.tick(
                "DELETE FROM agentpulse.agent_health",
                "DELETE FROM agentpulse.channel_event",
                "DELETE FROM agentpulse.alert",
                "INSERT INTO agentpulse.agent_health (agent, health_status, since) VALUES ('sales', 'healthy', now())");
        SERVER.awaitTick();
    }

    @Test
    void afterPostgresWasAwayAnEventStreamGoesOn() throws Exception {
        try (EventClient client = EventClient.open(SERVER, "/api/events")) {
            client.await("snapshot");
            SERVER.tick(message(1));
            client.await("channel", data -> data.toString().contains("\"n\":1"));

            SERVER.stopPostgres();
            client.await("status", data -> data.path("database").asText().equals("unreachable"));
            assertThat(SERVER.send("GET", "/readyz", null).statusCode()).isEqualTo(503);
            assertThat(SERVER.send("GET", "/healthz", null).statusCode()).isEqualTo(200);
            SERVER.startPostgresAgain();
            SERVER.tick(message(2), message(3), health("degraded"));
            SERVER.tick(message(4), health("warning"));

            client.await("channel", data -> data.toString().contains("\"n\":4"));
            client.await("tick", data -> data.toString().contains("\"health_status\":\"warning\""));
            assertThat(client.all("channel").stream()
                            .map(event -> event.data().path("payload").path("n").asInt()))
                    .containsExactly(1, 2, 3, 4);
            assertThat(client.all("snapshot")).hasSize(1);
            Await.until("it is ready", () -> SERVER.send("GET", "/readyz", null).statusCode() == 200);
        }
    }

    @Test
    void afterPostgresWasAwayChangesOfSourcesAndResultsFlowAgainOnceEach() throws Exception {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.subscribe("sources", QUERIES);
            client.subscribe("results", HEALTH);
            client.awaitSystem("sources");
            client.awaitSystem("results");
            SERVER.run(query(1));
            client.await("change", "sources", 1);

            SERVER.stopPostgres();
            SERVER.startPostgresAgain();
            // Joined again by the client itself, which was told that changes were missed.
            client.await("system ok", () -> ok(client, "sources") >= 2);
            SERVER.run(query(2));
            SERVER.tick(health("degraded"));

            assertThat(client.await("change", "sources", 2).stream()
                            .map(c -> c.path("payload").path("new").path("id").asInt()))
                    .containsExactly(1, 2);
            assertThat(client.await("change", "results", 1)).hasSize(1);
        }
    }

    private static long ok(SupabaseClient client, String channel) {
        return client.all("system", channel).stream()
                .filter(event -> event.path("payload").path("status").asText().equals("ok"))
                .count();
    }

    @Test
    void afterTheGatewayWasAwayWhatWasMissedIsReadBySeq() throws SQLException {
        try (SupabaseClient client = SupabaseClient.create(SERVER, Tokens.anon())) {
            client.listen(CHANNEL, "{}");
            client.awaitStatus(CHANNEL, "SUBSCRIBED");
            SERVER.tick(message(1), message(2));
            List<JsonNode> heard = new ArrayList<>(client.await("broadcast", CHANNEL, 2));
            long lastSeq = heard.get(1).path("payload").path("seq").asLong();

            int port = SERVER.port();
            SERVER.stopGateway();
            SERVER.tick(message(3));
            SERVER.tick(message(4), message(5));
            SERVER.startGateway(port);
            client.await(
                    "joined again",
                    () -> client.all("status", CHANNEL).stream()
                                    .filter(event ->
                                            event.path("status").asText().equals("SUBSCRIBED"))
                                    .count()
                            >= 2);
            JsonNode missed = client.evaluate("return client.schema('agentpulse').from('channel_event')"
                            + ".select('seq, payload').gt('seq', " + lastSeq + ").order('seq')")
                    .path("data");
            SERVER.tick(message(6));

            List<JsonNode> later = client.await("broadcast", CHANNEL, 3);
            assertThat(Stream.concat(
                                    Stream.concat(
                                            heard.stream(),
                                            IntStream.range(0, missed.size()).mapToObj(missed::get)),
                                    later.stream().skip(2))
                            .map(event -> event.path("payload").path("n").asInt()))
                    .containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void afterTheGatewayWasAwayAnEventStreamGoesOnWithoutGapOrDouble() throws SQLException {
        long seq;
        try (EventClient client = EventClient.open(SERVER, "/api/events")) {
            client.await("snapshot");
            SERVER.tick(message(1));
            seq = client.await("channel").id();
        }
        int port = SERVER.port();
        SERVER.stopGateway();
        SERVER.tick(message(2), health("degraded"));
        SERVER.startGateway(port);
        SERVER.tick(message(3));

        try (EventClient client = EventClient.open(SERVER, "/api/events", "Last-Event-ID", Long.toString(seq))) {
            client.await("channel", data -> data.toString().contains("\"n\":3"));
            assertThat(client.all("channel").stream()
                            .map(event -> event.data().path("payload").path("n").asInt()))
                    .containsExactly(2, 3);
            assertThat(client.await("snapshot").data().path("tables").toString())
                    .contains("degraded");
        }
    }

    /** Its first tick replaces what the job before it left, and its ticks are counted from the beginning. */
    @Test
    void aJobThatBeginsAnewIsShownAsItIs() throws SQLException {
        try (EventClient client = EventClient.open(SERVER, "/api/events")) {
            client.await("snapshot");
            SERVER.tick(health("warning"));
            long before = client.await("tick", data -> data.toString().contains("warning"))
                    .data()
                    .path("tick")
                    .asLong();
            assertThat(before).isGreaterThan(1);

            SERVER.run("DELETE FROM agentpulse.agent_health; DELETE FROM agentpulse.pipeline_status;"
                    + " INSERT INTO agentpulse.agent_health (agent, health_status, since) VALUES ('support', 'idle', now());"
                    + " INSERT INTO agentpulse.pipeline_status (component, as_of, tick)"
                    + " VALUES ('tick-writer', clock_timestamp(), 1)");

            JsonNode first = client.await("tick", data -> data.path("tick").asLong() == 1)
                    .data();
            assertThat(changes(first, "agent_health")).containsExactlyInAnyOrder("INSERT support", "DELETE sales");
            assertThat(SERVER.results("agent_health?select=agent").body()).isEqualTo("[{\"agent\":\"support\"}]");
        }
    }

    private static List<String> changes(JsonNode tick, String table) {
        List<String> changes = new ArrayList<>();
        tick.path("changes").forEach(change -> {
            if (change.path("table").asText().equals(table)) {
                changes.add(change.path("type").asText() + " "
                        + change.path("row").path("agent").asText());
            }
        });
        return changes;
    }

    private static String health(String status) {
        return "UPDATE agentpulse.agent_health SET health_status = '" + status + "'";
    }

    private static String query(int id) {
        return "INSERT INTO public.agent_queries (id, agent) VALUES (" + id + ", 'sales')";
    }

    private static String message(int n) {
        return "INSERT INTO agentpulse.channel_event (seq, event_key, channel, payload, event_time)"
                + " SELECT s, 'm" + n + "' || clock_timestamp(), '" + CHANNEL + "',"
                + " jsonb_build_object('event', 'sla_breach', 'n', " + n + ", 'seq', s), now()"
                + " FROM (SELECT nextval('agentpulse.channel_event_seq') AS s) q";
    }
}
