package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentpulse.gateway.protocol.Json;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Server-sent events and the snapshot. */
class EventsITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(GatewayServer::withoutStaleAlerts);

    @BeforeEach
    void fill() throws SQLException {
        SERVER.tick(
                "DELETE FROM agentpulse.agent_health",
                "DELETE FROM agentpulse.alert",
                "INSERT INTO agentpulse.agent_health (agent, health_status, since) VALUES"
                        + " ('sales', 'healthy', now()), ('support', 'idle', now())");
        SERVER.awaitTick();
    }

    @Test
    void allTilesOfOneTickThenOnlyWhatChanged() throws SQLException {
        try (EventClient client = EventClient.open(SERVER, "/api/events")) {
            JsonNode snapshot = client.await("snapshot").data();
            assertThat(snapshot.path("tables").path("agent_health")).hasSize(2);
            assertThat(snapshot.path("tables").has("pipeline_status")).isTrue();
            assertThat(snapshot.path("tick").asLong()).isPositive();

            SERVER.tick("UPDATE agentpulse.agent_health SET health_status = 'degraded' WHERE agent = 'sales'");

            JsonNode tick = client.await("tick", data -> data.toString().contains("degraded"))
                    .data();
            assertThat(tick.path("tick").asLong())
                    .isGreaterThan(snapshot.path("tick").asLong());
            assertThat(tick.path("changes").findValuesAsText("table"))
                    .containsExactlyInAnyOrder("agent_health", "pipeline_status");
        }
    }

    @Test
    void whoTakesGzipGetsTheSameStreamPackedAndItsEndInOrder() throws Exception {
        try (EventClient plain = EventClient.open(SERVER, "/api/events", "Accept-Encoding", "gzip;q=0");
                EventClient first = EventClient.open(SERVER, "/api/events", "Accept-Encoding", "br, gzip")) {
            first.await("snapshot");
            SERVER.tick("UPDATE agentpulse.agent_health SET avg_latency_ms_1m = 11 WHERE agent = 'sales'");
            first.await("tick", data -> data.toString().contains("\"avg_latency_ms_1m\":11"));
            // One that came later shares the texts of the others from here on.
            try (EventClient second = EventClient.open(SERVER, "/api/events", "Accept-Encoding", "gzip")) {
                second.await("snapshot");
                SERVER.tick("UPDATE agentpulse.agent_health SET avg_latency_ms_1m = 12 WHERE agent = 'sales'");
                for (EventClient client : List.of(plain, first, second)) {
                    assertThat(client.isZipped()).isEqualTo(client != plain);
                    JsonNode tick = client.await("tick", data -> data.toString().contains("\"avg_latency_ms_1m\":12"))
                            .data();
                    assertThat(tick.path("changes").findValuesAsText("agent")).containsExactly("sales");
                }
                SERVER.run("REVOKE USAGE ON SCHEMA agentpulse FROM anon");
                for (EventClient client : List.of(plain, first, second)) {
                    client.await("error");
                    client.awaitEnd();
                }
            } finally {
                SERVER.run("GRANT USAGE ON SCHEMA agentpulse TO anon");
                Await.until(
                        "anon may read again", () -> SERVER.get("/api/snapshot").statusCode() == 200);
            }
        }
    }

    @Test
    void aSnapshotCanBeOfSomeAgents() {
        JsonNode tables =
                Json.parseRow(SERVER.get("/api/snapshot?agent=sales").body()).path("tables");

        assertThat(tables.path("agent_health").findValuesAsText("agent")).containsExactly("sales");
        // What is of no agent is there all the same.
        assertThat(tables.path("pipeline_status")).isNotEmpty();
        assertThat(Json.parseRow(SERVER.get("/api/snapshot?agent=sales&agent=support")
                                .body())
                        .path("tables")
                        .path("agent_health")
                        .findValuesAsText("agent"))
                .containsExactlyInAnyOrder("sales", "support");
    }

    @Test
    void aStreamEndsWithARightThatItHad() throws SQLException {
        try (EventClient client = EventClient.open(SERVER, "/api/events")) {
            client.await("snapshot");
            SERVER.run("REVOKE USAGE ON SCHEMA agentpulse FROM anon");

            assertThat(client.await("error").data().path("message").asText())
                    .isEqualTo("What you may read has changed");
        } finally {
            SERVER.run("GRANT USAGE ON SCHEMA agentpulse TO anon");
            Await.until("anon may read again", () -> SERVER.get("/api/snapshot").statusCode() == 200);
        }
    }

    @Test
    void whoLeavesWhileRightsAreLookedUpIsNoViewer() throws Exception {
        String key = Tokens.authenticated("dana@example.com");
        try (Connection connection = SERVER.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE pg_catalog.pg_policy IN ACCESS EXCLUSIVE MODE");
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port())) {
                socket.getOutputStream()
                        .write(("GET /api/events?apikey=" + key + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                Await.until(
                        "the rights are asked for",
                        () -> SERVER.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                                + " AND query LIKE '%pg_policy%'")
                                        .size()
                                == 1);
            }
            // Answered after the end of the other connection was seen.
            SERVER.send("GET", "/healthz", null);
            connection.rollback();
        }
        SERVER.send("GET", "/api/snapshot", key);

        Await.until(
                "nobody watches",
                () -> SERVER.send("GET", "/metrics", null).body().contains("gateway_viewers 0"));
    }

    @Test
    void whoWasAwayMissesNothing() throws SQLException {
        SERVER.tick(message("first"));
        long seq;
        try (EventClient client = EventClient.open(SERVER, "/api/events")) {
            client.await("snapshot");
            SERVER.tick(message("second"));
            seq = client.await("channel", data -> data.toString().contains("second"))
                    .id();
        }
        SERVER.tick(message("third"), message("fourth"));
        SERVER.tick(message("fifth"));

        try (EventClient client = EventClient.open(SERVER, "/api/events", "Last-Event-ID", Long.toString(seq))) {
            client.await("channel", data -> data.toString().contains("fifth"));
            assertThat(client.all("channel").stream()
                            .map(event ->
                                    event.data().path("payload").path("text").asText()))
                    .containsExactly("third", "fourth", "fifth");
        }
    }

    @Test
    void whatIsNoLongerInMemoryComesFromTheTable() throws SQLException {
        SERVER.run("DELETE FROM agentpulse.channel_event");
        SERVER.run("INSERT INTO agentpulse.channel_event (event_key, channel, payload, event_time)"
                + " SELECT 'old' || n || clock_timestamp(), 'sla_breach_stream', jsonb_build_object('event', 'sla_breach', 'text', n), now()"
                + " FROM generate_series(1, 12000) n");
        SERVER.tick(message("newest"));
        try (EventClient client = EventClient.open(SERVER, "/api/events", "Last-Event-ID", "0")) {
            client.await("channel", data -> data.toString().contains("newest"));
            List<EventClient.Event> events = client.all("channel");
            assertThat(events).hasSize(12_001);
            assertThat(events.stream().map(EventClient.Event::id).toList())
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void alertsComeWhenTheyOpenAndWhenTheyEnd() throws SQLException {
        try (EventClient client = EventClient.open(SERVER, "/api/events")) {
            client.await("snapshot");
            SERVER.tick("INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at)"
                    + " VALUES ('d', 'agent_degraded', 'sales', 'warning', 'open', now())");
            client.await("alert", data -> data.path("type").asText().equals("INSERT"));
            SERVER.tick("UPDATE agentpulse.alert SET status = 'resolved', resolved_at = now() WHERE alert_id = 'd'");
            JsonNode end = client.await(
                            "alert",
                            data -> data.path("row").path("status").asText().equals("resolved"))
                    .data();
            assertThat(end.path("type").asText()).isEqualTo("UPDATE");

            SERVER.tick(
                    "INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at, resolved_at)"
                            + " VALUES ('p', 'slow_query', '1', 'info', 'resolved', now(), now())");
            client.await(
                    "alert", data -> data.path("row").path("alert_id").asText().equals("p"));
            assertThat(client.all("alert")).hasSize(3);
        }
    }

    /** Long enough that some end in the very read that also asks for open ones by their keys. */
    @Test
    void theEndOfAnAlertComesOnce() throws SQLException {
        try (EventClient client = EventClient.open(SERVER, "/api/events")) {
            client.await("snapshot");
            for (int n = 0; n < 100; n++) {
                String id = "'n" + n + "'";
                SERVER.tick("INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at)"
                        + " VALUES (" + id + ", 'agent_degraded', 'sales', 'warning', 'open', now())");
                client.await("alert", data -> isOf(data, id, "open"));
                SERVER.tick(
                        "UPDATE agentpulse.alert SET status = 'resolved', resolved_at = now() WHERE alert_id = " + id);
                client.await("alert", data -> isOf(data, id, "resolved"));
            }
            assertThat(client.all("alert")).hasSize(200);
        }
    }

    private static boolean isOf(JsonNode data, String quotedId, String status) {
        JsonNode row = data.path("row");
        return quotedId.equals("'" + row.path("alert_id").asText() + "'")
                && row.path("status").asText().equals(status);
    }

    @Test
    void anAlertThatEndsAtALongPastTimeIsSeenToo() throws SQLException {
        try (EventClient client = EventClient.open(SERVER, "/api/events")) {
            client.await("snapshot");
            SERVER.tick(
                    "INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at, detected_at)"
                            + " VALUES ('b', 'approval_sla_breach', '1', 'info', 'open', now() - interval '2 h', now() - interval '1 h')");
            client.await(
                    "alert", data -> data.path("row").path("alert_id").asText().equals("b"));
            SERVER.tick("UPDATE agentpulse.alert SET status = 'resolved', resolved_at = now() - interval '1 h'");

            client.await(
                    "alert", data -> data.path("row").path("status").asText().equals("resolved"));
        }
    }

    @Test
    void filtersByAgent() throws SQLException {
        try (EventClient client = EventClient.open(SERVER, "/api/events?agent=sales")) {
            JsonNode snapshot = client.await("snapshot").data();
            assertThat(snapshot.path("tables").path("agent_health").findValuesAsText("agent"))
                    .containsExactly("sales");
            SERVER.tick("UPDATE agentpulse.agent_health SET health_status = 'warning'");
            JsonNode tick = client.await("tick", data -> data.toString().contains("warning"))
                    .data();
            assertThat(tick.path("changes").findValuesAsText("agent")).containsExactly("sales");
        }
    }

    @Test
    void filtersByChannel() throws SQLException {
        try (EventClient client = EventClient.open(SERVER, "/api/events?channel=approval_queue_stream")) {
            client.await("snapshot");
            SERVER.tick(message("left out"));
            SERVER.tick(message("asked for").replace("sla_breach_stream", "approval_queue_stream"));

            client.await("channel", data -> data.toString().contains("asked for"));
            assertThat(client.all("channel")).hasSize(1);
        }
    }

    @Test
    void snapshotIsOfOneTickAndHasAnEtag() {
        HttpResponse<String> first = SERVER.get("/api/snapshot");
        String etag = first.headers().firstValue("ETag").orElseThrow();

        assertThat(first.body()).contains("\"as_of\":").contains("\"agent\":\"sales\"");
        assertThat(SERVER.get("/api/snapshot", "If-None-Match", etag).statusCode())
                .isIn(304, 200);
    }

    @Test
    void aNotificationIsNeverTrusted() throws SQLException {
        try (EventClient client = EventClient.open(SERVER, "/api/events")) {
            client.await("snapshot");
            SERVER.run("SELECT pg_notify('sla_breach_stream', '{\"event\":\"forged\"}')");
            SERVER.tick(message("real"));

            client.await("channel", data -> data.toString().contains("real"));
            assertThat(client.all("channel")).hasSize(1);
        }
    }

    private static String message(String text) {
        return "INSERT INTO agentpulse.channel_event (event_key, channel, payload, event_time) VALUES ('" + text
                + "' || clock_timestamp(), 'sla_breach_stream', '{\"event\":\"sla_breach\",\"text\":\"" + text
                + "\"}', now())";
    }
}
