package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentpulse.gateway.web.SummarySettings;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table in docs/security.md, cell by cell: it is read from there, and each cell is tried. */
class AccessTableITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(config -> config.withSource(
                    SourceConfig.of(new DatabaseLogin(config.database().url(), "postgres", null)))
            .withSummary(SummarySettings.DEFAULT));

    private static final Path DOCUMENT = Path.of("..", "docs", "security.md");
    private static final String HEAD = "| | nobody |";
    private static final String HEALTH = "{\"event\":\"*\",\"schema\":\"agentpulse\",\"table\":\"agent_health\"}";
    private static final String QUERIES = "{\"event\":\"*\",\"schema\":\"public\",\"table\":\"agent_queries\"}";

    /** Who asks: the columns of the table. */
    enum Who {
        NOBODY(2),
        ANON_BEFORE(3),
        ANON(4),
        AUTHENTICATED(5);

        private final int column;

        Who(int column) {
            this.column = column;
        }

        @Nullable
        String key() {
            return this == NOBODY ? null : Tokens.anon();
        }

        String[] headers(String... more) {
            List<String> headers = new ArrayList<>(List.of(more));
            if (this == AUTHENTICATED) {
                headers.addAll(List.of("Authorization", "Bearer " + token()));
            }
            return headers.toArray(String[]::new);
        }

        /** Whose socket it is. */
        @Nullable
        String token() {
            return this == AUTHENTICATED ? Tokens.authenticated("dana@example.com") : key();
        }
    }

    /** What is tried; gives what the cell must say. */
    interface Attempt {
        String outcome(Who who) throws Exception;
    }

    private static final List<Attempt> ROWS = List.of(
            who -> get(who, "/rest/v1/agent_health", "agentpulse"),
            who -> get(who, "/rest/v1/alert", "agentpulse"),
            who -> get(who, "/rest/v1/mv_realtime_agent_performance", "public"),
            who -> get(who, "/api/snapshot", "public"),
            who -> get(who, "/api/events?last_event_id=0", "public"),
            who -> changes(who, HEALTH),
            AccessTableITCase::channel,
            who -> get(who, "/rest/v1/rejected_change", "agentpulse"),
            who -> get(who, "/rest/v1/agent_queries", "public"),
            AccessTableITCase::sourceChanges,
            AccessTableITCase::acknowledge,
            AccessTableITCase::write,
            AccessTableITCase::sendOnOurChannels,
            AccessTableITCase::sendOnOthers,
            who -> get(who, "/api/public/summary", "public"),
            AccessTableITCase::health);

    @BeforeEach
    void fill() throws SQLException {
        SERVER.run(
                "DELETE FROM agentpulse.alert",
                "INSERT INTO agentpulse.alert (alert_id, rule, subject, severity, status, opened_at)"
                        + " VALUES ('a', 'agent_degraded', 'sales', 'warning', 'open', now())");
        SERVER.tick();
    }

    static Stream<Arguments> cells() throws IOException {
        List<String> lines = Files.readAllLines(DOCUMENT).stream()
                .dropWhile(line -> !line.startsWith(HEAD))
                .takeWhile(line -> line.startsWith("|"))
                // Head and ruler.
                .skip(2)
                .toList();
        assertThat(lines).as("rows of the table").hasSameSizeAs(ROWS);
        List<Arguments> cells = new ArrayList<>();
        for (int row = 0; row < lines.size(); row++) {
            String[] columns = lines.get(row).split("\\|", -1);
            for (Who who : Who.values()) {
                cells.add(Arguments.of(columns[1].strip(), who, columns[who.column].strip(), ROWS.get(row)));
            }
        }
        return cells.stream();
    }

    @ParameterizedTest(name = "{0}: {1}: {2}")
    @MethodSource("cells")
    void eachCellIsAsTheTableSays(String what, Who who, String cell, Attempt attempt) throws Exception {
        boolean before = who == Who.ANON_BEFORE;
        if (before) {
            restartWith("REVOKE USAGE ON SCHEMA agentpulse FROM anon;"
                    + " REVOKE ALL ON ALL TABLES IN SCHEMA agentpulse, public FROM anon");
        }
        try {
            assertThat(attempt.outcome(who)).as("%s, %s", what, who).isEqualTo(cell);
        } finally {
            if (before) {
                restartWith("SELECT agentpulse.allow_reading('anon')");
            }
        }
    }

    /** Rights are remembered for some seconds. */
    private static void restartWith(String statement) throws SQLException {
        int port = SERVER.port();
        SERVER.stopGateway();
        SERVER.run(statement);
        SERVER.startGateway(port);
    }

    private static String get(Who who, String path, String profile) {
        return word(SERVER.statusOf("GET", path, who.key(), who.headers("Accept-Profile", profile)));
    }

    private static String word(int status) {
        return status == 200 || status == 202 ? "yes" : Integer.toString(status);
    }

    private static String changes(Who who, String binding) {
        if (who == Who.NOBODY) {
            return Integer.toString(RealtimeClient.statusOfOpening(SERVER, null));
        }
        try (RealtimeClient client = RealtimeClient.open(SERVER, String.valueOf(who.token()))) {
            client.join("any", binding);
            return client.awaitSystem("any").path("status").asText().equals("ok") ? "yes" : "no";
        }
    }

    private static String channel(Who who) {
        if (who == Who.NOBODY) {
            return Integer.toString(RealtimeClient.statusOfOpening(SERVER, null));
        }
        try (RealtimeClient client = RealtimeClient.open(SERVER, String.valueOf(who.token()))) {
            return client.join("sla_breach_stream").path("status").asText().equals("ok") ? "yes" : "no";
        }
    }

    private static String sourceChanges(Who who) throws SQLException {
        String role = who == Who.AUTHENTICATED ? "authenticated" : "anon";
        restartWith("REVOKE ALL ON public.agent_queries FROM anon, authenticated");
        String without = changes(who, QUERIES);
        restartWith("GRANT SELECT ON public.agent_queries TO " + role);
        String with = changes(who, QUERIES);
        return without.equals("no") && with.equals("yes") ? "as granted" : with;
    }

    private static String acknowledge(Who who) {
        int done = SERVER.statusOf("POST", "/api/alerts/a/acknowledge", who.key(), who.headers());
        int undone = SERVER.statusOf("DELETE", "/api/alerts/a/acknowledge", who.key(), who.headers());
        assertThat(undone).isEqualTo(done);
        assertThat(note(who)).isEqualTo(word(done));
        return word(done);
    }

    private static String note(Who who) {
        return post(who, "/rest/v1/rpc/note_incident", "{\"alert_id\":\"a\",\"text\":\"looked at\"}");
    }

    private static String write(Who who) {
        List<String> outcomes = new ArrayList<>();
        for (String table : new String[] {"agent_health", "rejected_change", "agent_queries"}) {
            for (String method : new String[] {"POST", "PATCH", "PUT", "DELETE"}) {
                outcomes.add(word(SERVER.statusOf(method, "/rest/v1/" + table, who.key(), who.headers())));
            }
        }
        assertThat(outcomes).containsOnly(outcomes.get(0));
        return outcomes.get(0);
    }

    private static String sendOnOurChannels(Who who) {
        String posted = broadcast(who, "sla_breach_stream");
        if (who == Who.NOBODY) {
            return posted;
        }
        try (RealtimeClient client = RealtimeClient.open(SERVER, String.valueOf(who.token()))) {
            client.join("sla_breach_stream");
            JsonNode answer = client.request(
                    "sla_breach_stream", "broadcast", "{\"type\":\"broadcast\",\"event\":\"forged\",\"payload\":{}}");
            assertThat(answer.path("status").asText()).isEqualTo("error");
        }
        return posted;
    }

    private static String sendOnOthers(Who who) {
        return broadcast(who, "room");
    }

    private static String broadcast(Who who, String topic) {
        return post(
                who,
                "/realtime/v1/api/broadcast",
                "{\"messages\":[{\"topic\":\"" + topic + "\",\"event\":\"e\",\"payload\":{}}]}");
    }

    private static String post(Who who, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(SERVER.uri(path)).POST(BodyPublishers.ofString(body));
        String key = who.key();
        if (key != null) {
            request.header("apikey", key);
        }
        String[] headers = who.headers();
        if (headers.length > 0) {
            request.headers(headers);
        }
        return word(SERVER.send(request.build()).statusCode());
    }

    private static String health(Who who) throws SQLException {
        Await.until("it is ready", () -> SERVER.statusOf("GET", "/readyz", who.key(), who.headers()) == 200);
        for (String path : new String[] {"/healthz", "/metrics", "/api/status", "/config.json", "/"}) {
            assertThat(SERVER.statusOf("GET", path, who.key(), who.headers()))
                    .as(path)
                    .isEqualTo(200);
        }
        return "yes";
    }
}
