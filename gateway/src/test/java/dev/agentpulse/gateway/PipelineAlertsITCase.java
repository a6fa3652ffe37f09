package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.gateway.web.Limits;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the gateway says about itself when it is crowded. */
class PipelineAlertsITCase {

    private static final int CONNECTIONS = 2;
    private static final int MOST_VIEWERS = 5;
    /** More than five looks, one a second. */
    private static final int CROWDED_SECONDS = 8;

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer(
            config -> config.withLimits(new Limits(MOST_VIEWERS, MOST_VIEWERS, 10_000, 3, 20, 4_096, 1_000, 200))
                    .withReading(ReadSettings.of(List.of(), CONNECTIONS, Duration.ofHours(1))));

    @BeforeEach
    void fill() throws SQLException {
        SERVER.tick();
    }

    @Test
    void fourOfFiveViewersAreAWarningUntilTheyLeave() throws SQLException {
        List<EventClient> viewers = new ArrayList<>();
        try {
            for (int i = 1; i < MOST_VIEWERS; i++) {
                viewers.add(EventClient.open(SERVER, "/api/events"));
            }
            Await.until("the alert is open", () -> alerts("pipeline_gateway_viewers")
                    .equals(List.of("warning|0.8|0.8|open")));
        } finally {
            viewers.forEach(EventClient::close);
        }
        Await.until(
                "it is resolved", () -> alerts("pipeline_gateway_viewers").equals(List.of("warning|0.8|0.8|resolved")));
    }

    @Test
    void readsThatWaitForConnectionsAreAWarningUntilTheyAreDone() throws SQLException {
        // Again where the machine stood still meanwhile.
        Await.until("the alert is raised", () -> {
            crowd();
            return !alerts("pipeline_gateway_pool").isEmpty();
        });
        Await.until("it is resolved", () -> alerts("pipeline_gateway_pool").stream()
                .allMatch(alert -> alert.matches("warning\\|\\d.*\\|2.0\\|resolved")));
    }

    /** Three reads for each connection wait for a lock. */
    private static void crowd() throws SQLException {
        List<CompletableFuture<HttpResponse<String>>> reads = new ArrayList<>();
        try (Connection connection = SERVER.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE agentpulse.audit_result IN ACCESS EXCLUSIVE MODE");
            for (int i = 0; i < 3 * CONNECTIONS; i++) {
                // Each is another question, or they would be asked as one.
                HttpRequest request = HttpRequest.newBuilder(SERVER.uri("/rest/v1/audit_result?figures=eq." + i))
                        .headers("apikey", Tokens.anon(), "Accept-Profile", "agentpulse")
                        .build();
                reads.add(HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.ofString()));
            }
            statement.execute("SELECT pg_sleep(" + CROWDED_SECONDS + ")");
            connection.rollback();
        }
        reads.forEach(read -> assertThat(read.join().statusCode()).isPositive());
    }

    /** Severity, value, threshold and status. */
    private static List<String> alerts(String rule) throws SQLException {
        return SERVER.rows("SELECT severity, value, round(threshold, 1), status FROM agentpulse.alert WHERE rule = '"
                + rule + "' ORDER BY opened_at");
    }
}
