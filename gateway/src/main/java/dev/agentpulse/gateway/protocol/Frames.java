package dev.agentpulse.gateway.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.agentpulse.gateway.protocol.ClientMessage.Address;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Realtime's frames in both versions: version 1 is an object of five fields, version 2 an array of the same. A client's
 * own broadcast comes in version 2 as a binary frame.
 */
public enum Frames {
    VERSION_1,
    VERSION_2;

    private static final int MOST_BINDINGS = 100;
    private static final int LONGEST_REF = 64;
    private static final int LONGEST_TOPIC = 255;
    private static final int BROADCAST_PUSH = 3;
    private static final int BROADCAST = 4;
    private static final int BINARY = 0;
    private static final int JSON = 1;

    /** The version that the parameter {@code vsn} names; without it version 1, as in Phoenix. */
    public static Frames of(@Nullable String vsn) {
        return vsn != null && vsn.startsWith("2.") ? VERSION_2 : VERSION_1;
    }

    /** Reads a text frame. */
    public ClientMessage read(String text) {
        JsonNode frame = Json.parse(text);
        JsonNode joinRef;
        JsonNode ref;
        JsonNode topic;
        JsonNode event;
        JsonNode payload;
        if (this == VERSION_2 && frame instanceof ArrayNode array && array.size() == 5) {
            joinRef = array.get(0);
            ref = array.get(1);
            topic = array.get(2);
            event = array.get(3);
            payload = array.get(4);
        } else if (this == VERSION_1 && frame != null && frame.isObject()) {
            joinRef = frame.path("join_ref");
            ref = frame.path("ref");
            topic = frame.path("topic");
            event = frame.path("event");
            payload = frame.path("payload");
        } else {
            throw new MalformedFrameException("a frame of version 2 is an array of five, one of version 1 an object");
        }
        if (!topic.isTextual() || !event.isTextual()) {
            throw new MalformedFrameException("topic and event must be text");
        }
        return message(address(text(joinRef), text(ref), topic.asText()), event.asText(), payload);
    }

    /** Reads a binary frame: a broadcast of a client. */
    public ClientMessage read(byte[] bytes) {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        if (bytes.length < 7 || frame.get() != BROADCAST_PUSH) {
            throw new MalformedFrameException("a binary frame must be a broadcast");
        }
        int[] lengths = new int[5];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Byte.toUnsignedInt(frame.get());
        }
        int encoding = frame.get();
        String joinRef = take(frame, lengths[0]);
        String ref = take(frame, lengths[1]);
        String topic = take(frame, lengths[2]);
        String event = take(frame, lengths[3]);
        take(frame, lengths[4]);
        byte[] payload = new byte[frame.remaining()];
        frame.get(payload);
        Address address = address(joinRef.isEmpty() ? null : joinRef, ref.isEmpty() ? null : ref, topic);
        if (encoding == BINARY) {
            return new ClientMessage.Broadcast(address, new BroadcastMessage(event, null, payload));
        }
        JsonNode json = encoding == JSON ? Json.parse(new String(payload, StandardCharsets.UTF_8)) : null;
        if (json == null) {
            throw new MalformedFrameException("the payload of a broadcast must be JSON or bytes");
        }
        return new ClientMessage.Broadcast(address, BroadcastMessage.json(event, json.toString()));
    }

    /** Answers repeat what stands here, so it must be short. */
    private static Address address(@Nullable String joinRef, @Nullable String ref, String topic) {
        if (isLonger(joinRef, LONGEST_REF) || isLonger(ref, LONGEST_REF) || isLonger(topic, LONGEST_TOPIC)) {
            throw new MalformedFrameException(
                    "a ref has at most " + LONGEST_REF + " characters, a topic " + LONGEST_TOPIC);
        }
        return new Address(joinRef, ref, topic);
    }

    private static boolean isLonger(@Nullable String text, int most) {
        return text != null && text.length() > most;
    }

    private static ClientMessage message(Address address, String event, JsonNode payload) {
        return switch (event) {
            case "heartbeat" -> new ClientMessage.Heartbeat(address);
            case "phx_join" -> join(address, payload);
            case "phx_leave" -> new ClientMessage.Leave(address);
            case "access_token" -> new ClientMessage.AccessToken(address, text(payload.path("access_token")));
            case "broadcast" ->
                new ClientMessage.Broadcast(
                        address,
                        BroadcastMessage.json(
                                payload.path("event").asText(""),
                                payload.path("payload").isMissingNode()
                                        ? "{}"
                                        : payload.path("payload").toString()));
            case "presence" -> new ClientMessage.Presence(address, payload);
            default -> new ClientMessage.Other(address, event);
        };
    }

    private static ClientMessage join(Address address, JsonNode payload) {
        JsonNode config = payload.path("config");
        List<Binding> bindings;
        try {
            bindings = bindings(config.path("postgres_changes"));
        } catch (MalformedFrameException e) {
            // The frame is in order, so the client is told which join failed, and is no stranger to the protocol.
            return new ClientMessage.BadJoin(address, String.valueOf(e.getMessage()));
        }
        return new ClientMessage.Join(
                address,
                text(payload.path("access_token")),
                config.path("private").asBoolean(false),
                config.path("presence").path("enabled").asBoolean(false),
                config.path("broadcast").path("self").asBoolean(false),
                config.path("broadcast").path("ack").asBoolean(false),
                bindings);
    }

    private static List<Binding> bindings(JsonNode sent) {
        if (sent.size() > MOST_BINDINGS) {
            throw new MalformedFrameException("a channel takes at most " + MOST_BINDINGS + " bindings");
        }
        List<Binding> bindings = new ArrayList<>();
        for (JsonNode binding : sent) {
            bindings.add(Binding.parse(bindings.size() + 1, binding));
        }
        return bindings;
    }

    private static @Nullable String text(JsonNode node) {
        return node.isMissingNode() || node.isNull() ? null : node.asText();
    }

    private static String take(ByteBuffer frame, int length) {
        if (length > frame.remaining()) {
            throw new MalformedFrameException("a binary frame is shorter than it says");
        }
        byte[] text = new byte[length];
        frame.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    // --- To the client ---

    /** A frame; the payload is JSON. */
    public String write(@Nullable String joinRef, @Nullable String ref, String topic, String event, String payload) {
        String join = joinRef == null ? "null" : Json.quote(joinRef);
        String reference = ref == null ? "null" : Json.quote(ref);
        return this == VERSION_2
                ? "[" + join + "," + reference + "," + Json.quote(topic) + "," + Json.quote(event) + "," + payload + "]"
                : "{\"topic\":" + Json.quote(topic) + ",\"event\":" + Json.quote(event) + ",\"payload\":" + payload
                        + ",\"ref\":" + reference + ",\"join_ref\":" + join + "}";
    }

    /**
     * Several frames of version 2 as one, an array of them: a browser takes one frame of two hundred messages many times
     * faster than two hundred frames. Only for clients that ask for it.
     */
    public static String batch(List<String> frames) {
        return "[" + String.join(",", frames) + "]";
    }

    /** The answer to a message; the response is JSON. */
    public String reply(Address to, boolean ok, String response) {
        return write(
                to.joinRef(),
                to.ref(),
                to.topic(),
                "phx_reply",
                "{\"status\":\"" + (ok ? "ok" : "error") + "\",\"response\":" + response + "}");
    }

    /** What {@code system} messages look like; their channel is the topic without its prefix. */
    public String system(String topic, String extension, boolean ok, String message) {
        String payload = Json.object()
                .put("channel", topic.substring(topic.indexOf(':') + 1))
                .put("extension", extension)
                .put("message", message)
                .put("status", ok ? "ok" : "error")
                .toString();
        return write(null, null, topic, "system", payload);
    }

    public String change(String topic, List<Integer> ids, RowChange change) {
        return write(null, null, topic, "postgres_changes", "{\"ids\":" + ids + ",\"data\":" + change.data() + "}");
    }

    /** A broadcast whose payload is JSON. */
    public String broadcast(String topic, String event, String json) {
        return write(
                null,
                null,
                topic,
                "broadcast",
                "{\"type\":\"broadcast\",\"event\":" + Json.quote(event) + ",\"payload\":" + json + "}");
    }

    /** A broadcast whose payload is bytes; only version 2 can carry one. */
    public static byte[] binaryBroadcast(String topic, String event, byte[] payload) {
        byte[] topicBytes = topic.getBytes(StandardCharsets.UTF_8);
        byte[] eventBytes = event.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(5 + topicBytes.length + eventBytes.length + payload.length)
                .put((byte) BROADCAST)
                .put((byte) topicBytes.length)
                .put((byte) eventBytes.length)
                .put((byte) 0)
                .put((byte) BINARY)
                .put(topicBytes)
                .put(eventBytes)
                .put(payload)
                .array();
    }
}
