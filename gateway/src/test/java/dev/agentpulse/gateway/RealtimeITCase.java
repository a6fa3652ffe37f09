package dev.agentpulse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
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
    void aHeartbeatIsAnswered() {
        try (RealtimeClient client = RealtimeClient.open(SERVER, Tokens.anon())) {
            client.send("[null,\"7\",\"phoenix\",\"heartbeat\",{}]");

            JsonNode answer =
                    client.await("the answer", frame -> frame.path(1).asText().equals("7"));
            assertThat(answer.toString())
                    .isEqualTo("[null,\"7\",\"phoenix\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
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

    @Test
    void aPrivateTopicHearsOnlyPrivateBroadcasts() {
        String dana = Tokens.authenticated("dana@example.com");
        try (RealtimeClient listening = RealtimeClient.open(SERVER, dana);
                RealtimeClient stranger = RealtimeClient.open(SERVER, Tokens.anon())) {
            listening.request("room", "phx_join", "{\"config\":{\"private\":true}}");
            stranger.join("room");
            stranger.send("[\"1\",\"9\",\"realtime:room\",\"broadcast\",{\"event\":\"said\",\"payload\":{\"n\":1}}]");
            // Answered in order, so what was sent before has been handed on.
            stranger.request("none", "phx_leave", "{}");
            assertThat(broadcast(Tokens.anon(), false)).isEqualTo(202);
            assertThat(broadcast(Tokens.anon(), true)).isEqualTo(403);
            assertThat(broadcast(dana, true)).isEqualTo(202);

            listening.await("the broadcast", frame -> RealtimeClient.is(frame, "room", "broadcast"));
            stranger.await("the public one", frame -> RealtimeClient.is(frame, "room", "broadcast"));
            listening.request("none", "phx_leave", "{}");
            stranger.request("none", "phx_leave", "{}");
            assertThat(listening.all("room", "broadcast"))
                    .singleElement()
                    .satisfies(frame -> assertThat(frame.toString()).contains("\"private\":true"));
            assertThat(stranger.all("room", "broadcast"))
                    .singleElement()
                    .satisfies(frame -> assertThat(frame.toString()).contains("\"private\":false"));
        }
    }

    @Test
    void whoseNewTokenNamesNobodyLeavesThePrivateTopic() {
        try (RealtimeClient client = RealtimeClient.open(SERVER, Tokens.authenticated("dana@example.com"))) {
            client.request("room", "phx_join", "{\"config\":{\"private\":true}}");
            client.send(
                    "[\"1\",\"9\",\"realtime:room\",\"access_token\",{\"access_token\":\"" + Tokens.anon() + "\"}]");

            client.await("the end", frame -> RealtimeClient.is(frame, "room", "phx_close"));
        }
    }

    @Test
    void aChannelEndsWithTheRightToReadIt() throws SQLException {
        try (RealtimeClient client = RealtimeClient.open(SERVER, Tokens.anon())) {
            assertThat(client.join("sla_breach_stream").path("status").asText()).isEqualTo("ok");
            SERVER.run("REVOKE USAGE ON SCHEMA agentpulse FROM anon");

            client.await("the end", frame -> RealtimeClient.is(frame, "sla_breach_stream", "phx_close"));
        } finally {
            SERVER.run("GRANT USAGE ON SCHEMA agentpulse TO anon");
        }
    }

    @Test
    void aKeyThatHasExpiredOpensNoMoreChannels() throws SQLException {
        // Fifteen seconds before the leeway of thirty ends.
        Date past = Date.from(Instant.now().minusSeconds(15));
        String key = Tokens.sign(claims -> claims.claim("role", "anon").expirationTime(past));
        try (RealtimeClient client = RealtimeClient.open(SERVER, key)) {
            Await.until(
                    "a refusal",
                    () -> client.join("room").path("response").toString().contains("JWT expired"));
        }
    }

    private static int broadcast(String key, boolean isPrivate) {
        return SERVER.send(HttpRequest.newBuilder(SERVER.uri("/realtime/v1/api/broadcast"))
                        .header("apikey", key)
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"messages\":[{\"topic\":\"room\",\"event\":\"said\",\"private\":" + isPrivate
                                        + ",\"payload\":{\"private\":" + isPrivate + "}}]}"))
                        .build())
                .statusCode();
    }
}
