package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a tick changes comes in one frame to those who ask for that, and message by message to everybody else. */
class BatchITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer();

    private static final String HEALTH = "{\"event\":\"*\",\"schema\":\"agentpulse\",\"table\":\"agent_health\"}";

    @Test
    void theChangesOfATickAreOneFrameForThoseWhoAsk() throws SQLException {
        try (RealtimeClient one = RealtimeClient.openForBatches(SERVER, Tokens.anon());
                RealtimeClient each = RealtimeClient.open(SERVER, Tokens.anon())) {
            for (RealtimeClient client : List.of(one, each)) {
                client.join("page", HEALTH);
                assertThat(client.awaitSystem("page").path("status").asText()).isEqualTo("ok");
            }

            SERVER.tick("INSERT INTO agentpulse.agent_health (agent, health_status, since)"
                    + " VALUES ('a', 'idle', now()), ('b', 'idle', now()), ('c', 'idle', now())");

            JsonNode batch = one.await("a batch", frame -> frame.path(0).isArray());
            List<String> agents = new ArrayList<>();
            for (JsonNode message : batch) {
                assertThat(RealtimeClient.is(message, "page", "postgres_changes"))
                        .isTrue();
                agents.add(message.path(4)
                        .path("data")
                        .path("record")
                        .path("agent")
                        .asText());
            }
            assertThat(agents).containsExactlyInAnyOrder("a", "b", "c");
            each.await(
                    "the last change by itself",
                    frame -> each.all("page", "postgres_changes").size() == 3);
        }
    }
}
