package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.web.SummarySettings;
import dev.agentpulse.gateway.web.SummarySettings.Purge;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What anybody may read, and that a CDN forgets it when something critical happens. */
class PublicSummaryITCase {

    /** A CDN that notes what it is asked to forget. */
    private static final List<String> PURGES = new CopyOnWriteArrayList<>();

    private static final HttpServer CDN = cdn();

    @RegisterExtension
    static final GatewayServer SERVER =
            new GatewayServer(config -> GatewayServer.withoutStaleAlerts(config.withSummary(new SummarySettings(
                    60,
                    Purge.parse(
                            "PURGE http://127.0.0.1:" + CDN.getAddress().getPort() + "/purge{path}",
                            "X-Key: of the tests")))));

    private static final String PATH = "/api/public/summary";

    private static HttpServer cdn() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                PURGES.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                        + exchange.getRequestHeaders().getFirst("X-Key"));
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterAll
    static void stopCdn() {
        CDN.stop(0);
    }

    @BeforeEach
    void fill() throws SQLException {
        SERVER.tick(
                "DELETE FROM agentpulse.alert",
                "DELETE FROM agentpulse.agent_health",
                "DELETE FROM agentpulse.approval_queue",
                "INSERT INTO agentpulse.agent_health (agent, health_status, since) VALUES"
                        + " ('secret name', 'degraded', now()), ('b', 'idle', now()), ('c', 'idle', now())",
                "INSERT INTO agentpulse.approval_queue (queue, pending_count, sla_breach_count, pending_under_1m,"
                        + " pending_1m_to_5m, pending_5m_to_15m, pending_over_15m, as_of)"
                        + " VALUES ('all', 7, 2, 0, 0, 0, 0, now())");
        int port = SERVER.port();
        SERVER.stopGateway();
        SERVER.startGateway(port);
        PURGES.clear();
    }

    @Test
    void hasNumbersAndNoNames() {
        HttpResponse<String> answer = SERVER.send("GET", PATH, null);
        JsonNode summary = Objects.requireNonNull(Json.parse(answer.body()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(summary.path("status").asText()).isEqualTo("ok");
        assertThat(summary.path("agents").toString())
                .isEqualTo("{\"healthy\":0,\"warning\":0,\"degraded\":1,\"idle\":2}");
        assertThat(summary.path("approvals").path("pending").asInt()).isEqualTo(7);
        assertThat(summary.path("approvals").path("sla_breaches").asInt()).isEqualTo(2);
        assertThat(summary.path("as_of").asText()).isNotEmpty();
        assertThat(answer.body()).doesNotContain("secret name");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
    }

    @Test
    void copiesMayBeKeptForAMinuteAndAskedAboutByEtag() throws SQLException {
        HttpResponse<String> first = SERVER.send("GET", PATH, null);
        SERVER.tick("UPDATE agentpulse.approval_queue SET pending_count = 8");
        HttpResponse<String> second = SERVER.send("GET", PATH, null);
        String etag = first.headers().firstValue("ETag").orElseThrow();

        assertThat(first.headers().firstValue("Cache-Control").orElse(""))
                .matches("public, max-age=(60|5\\d), stale-while-revalidate=60");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(SERVER.send("GET", PATH, null, "If-None-Match", etag).statusCode())
                .isEqualTo(304);
        assertThat(SERVER.send("HEAD", PATH, null).headers().firstValue("ETag")).hasValue(etag);
    }

    @Test
    void aCriticalAlertIsShownAtOnceAndTheCdnForgets() throws SQLException {
        assertThat(SERVER.send("GET", PATH, null).body()).contains("\"status\":\"ok\"");

        SERVER.tick(alert("1", "critical", "open"));

        Await.until("it is shown", () -> SERVER.send("GET", PATH, null).body().contains("\"status\":\"critical\""));
        Await.until("the CDN is asked", () -> PURGES.size() == 1);
        assertThat(PURGES).containsExactly("PURGE /purge/api/public/summary of the tests");

        SERVER.tick("UPDATE agentpulse.alert SET status = 'resolved', resolved_at = now()");

        Await.until(
                "its end is shown", () -> SERVER.send("GET", PATH, null).body().contains("\"status\":\"ok\""));
        Await.until("the CDN is asked again", () -> PURGES.size() == 2);
    }

    @Test
    void whatIsNotCriticalWaitsAndSoDoPointEvents() throws SQLException {
        String first = SERVER.send("GET", PATH, null).body();

        SERVER.tick(alert("2", "warning", "open"), alert("3", "critical", "resolved"));
        SERVER.tick(
                "UPDATE agentpulse.alert SET status = 'acknowledged', acknowledged_by = 'dana', acknowledged_at = now()"
                        + " WHERE alert_id = '2'");
        Await.until(
                "the gateway has seen it",
                () -> SERVER.get("/api/snapshot").body().contains("acknowledged"));

        assertThat(SERVER.send("GET", PATH, null).body()).isEqualTo(first);
        assertThat(PURGES).isEmpty();
    }

    /** However many alerts open, a purge is sent at most once a second. */
    @Test
    void manyAlertsAreFewPurges() throws Exception {
        for (int n = 0; n < 50; n++) {
            SERVER.tick(alert("many" + n, "critical", "open"));
        }
        Await.until(
                "all are counted", () -> SERVER.send("GET", PATH, null).body().contains("\"critical\":50"));

        // The first may have to wait for a second since the one before; and were there one of each alert, they would be
        // here.
        Await.until("a purge is sent", () -> !PURGES.isEmpty());
        Thread.sleep(2_000);
        assertThat(PURGES).hasSizeBetween(1, 30);
    }

    private static String alert(String id, String severity, String status) {
        return "INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at, resolved_at) VALUES ('"
                + id
                + "', 'unsafe_response', '1', '" + severity + "', '" + status + "', now(), "
                + (status.equals("resolved") ? "now()" : "NULL") + ")";
    }
}
