package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What sockets of Realtime are answered, frame by frame. */
class RealtimeITCase {

    @RegisterExtension
    static final GatewayServer SERVER = new GatewayServer();

    private static final int MORE_THAN_MALFORMED_FRAMES = 15;

    @Test
    void aJoinWithAFilterThatCannotBeReadIsAnsweredHoweverOftenItComes() {
        String like =
                "{\"event\":\"*\",\"schema\":\"agentpulse\",\"table\":\"agent_health\",\"filter\":\"agent=like.s*\"}";
        try (RealtimeClient client = RealtimeClient.open(SERVER, Tokens.anon())) {
            for (int join = 0; join < MORE_THAN_MALFORMED_FRAMES; join++) {
                JsonNode answer = client.join("filtered", like);

                assertThat(answer.path("status").asText()).isEqualTo("error");
                assertThat(answer.path("response").path("reason").asText()).contains("agent=like.s*");
            }
            String[] many = new String[101];
            Arrays.fill(many, "{\"event\":\"*\",\"schema\":\"agentpulse\"}");
            assertThat(client.join("filtered", many)
                            .path("response")
                            .path("reason")
                            .asText())
                    .contains("at most 100 bindings");
        }
    }

    @Test
    void aLongRefIsNotRepeated() {
        try (RealtimeClient client = RealtimeClient.open(SERVER, Tokens.anon())) {
            client.send("[null,\"" + "r".repeat(65) + "\",\"phoenix\",\"heartbeat\",{}]");

            assertThat(client.await(
                                    "a complaint",
                                    frame -> frame.path(3).asText().equals("system"))
                            .toString())
                    .contains("a ref has at most 64 characters");
        }
    }
}
