package dev.agentpulse.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agentpulse.gateway.protocol.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A bare client of Realtime's protocol, version 2, that keeps what it got. */
final class RealtimeClient implements WebSocket.Listener, AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<JsonNode> frames = new ArrayList<>();
    private final StringBuilder begun = new StringBuilder();
    private @Nullable WebSocket socket;
    private int ref;

    private RealtimeClient() {}

    static RealtimeClient open(GatewayServer server, String key) {
        return open(address(server, key));
    }

    /** A client that takes several messages in one frame. */
    static RealtimeClient openForBatches(GatewayServer server, String key) {
        return open(URI.create(address(server, key) + "&batch=1"));
    }

    private static RealtimeClient open(URI address) {
        RealtimeClient client = new RealtimeClient();
        client.socket = HTTP.newWebSocketBuilder().buildAsync(address, client).join();
        return client;
    }

    /** The HTTP status with which the gateway refuses a socket; 101 if it does not. */
    static int statusOfOpening(GatewayServer server, @Nullable String key) {
        try (RealtimeClient client = new RealtimeClient()) {
            client.socket = HTTP.newWebSocketBuilder()
                    .buildAsync(address(server, key), client)
                    .join();
            return 101;
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException handshake) {
                return handshake.getResponse().statusCode();
            }
            throw e;
        }
    }

    private static URI address(GatewayServer server, @Nullable String key) {
        return URI.create("ws://127.0.0.1:" + server.port() + "/realtime/v1/websocket?vsn=2.0.0"
                + (key == null ? "" : "&apikey=" + key));
    }

    /** Joins a topic; the bindings for {@code postgres_changes} are JSON objects. Gives the answer. */
    JsonNode join(String topic, String... bindings) {
        return request(topic, "phx_join", "{\"config\":{\"postgres_changes\":[" + String.join(",", bindings) + "]}}");
    }

    /** Sends a frame and waits for its answer: status and response. */
    JsonNode request(String topic, String event, String payload) {
        String number = Integer.toString(++ref);
        send("[\"1\",\"" + number + "\",\"realtime:" + topic + "\",\"" + event + "\"," + payload + "]");
        return await(
                        "an answer to " + event,
                        frame -> frame.path(3).asText().equals("phx_reply")
                                && frame.path(1).asText().equals(number))
                .path(4);
    }

    void send(String text) {
        if (socket != null) {
            socket.sendText(text, true).join();
        }
    }

    /** What the message says that tells whether changes flow. */
    JsonNode awaitSystem(String topic) {
        return await("the system message", frame -> is(frame, topic, "system")).path(4);
    }

    static boolean is(JsonNode frame, String topic, String event) {
        return frame.path(2).asText().equals("realtime:" + topic)
                && frame.path(3).asText().equals(event);
    }

    synchronized JsonNode await(String what, Predicate<JsonNode> wanted) {
        long end = System.nanoTime() + Await.BOUND.toNanos();
        try {
            while (true) {
                for (JsonNode frame : frames) {
                    if (wanted.test(frame)) {
                        return frame;
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError(
                            what + " did not come within " + Await.BOUND.toSeconds() + " s; there were " + frames);
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    synchronized List<JsonNode> all(String topic, String event) {
        return frames.stream().filter(frame -> is(frame, topic, event)).toList();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        synchronized (this) {
            begun.append(data);
            JsonNode frame = last ? Json.parse(begun.toString()) : null;
            if (frame != null) {
                begun.setLength(0);
                frames.add(frame);
                notifyAll();
            }
        }
        from.request(1);
        return null;
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.abort();
        }
    }
}
