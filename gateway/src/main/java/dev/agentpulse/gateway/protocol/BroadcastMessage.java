package dev.agentpulse.gateway.protocol;

/**
 * A message between clients, or one of the five channels to them.
 *
 * @param json the payload as JSON; null if it is bytes
 * @param bytes the payload as bytes; null if it is JSON
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; the bytes go out as they came in.
public record BroadcastMessage(
        String event,
        @org.jspecify.annotations.Nullable String json,
        byte @org.jspecify.annotations.Nullable [] bytes) {

    public static BroadcastMessage json(String event, String json) {
        return new BroadcastMessage(event, json, null);
    }
}
