package dev.agentpulse.gateway.protocol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code channel_event}.
 *
 * @param payload a JSON object
 * @param event what happened, as the payload says
 * @param agent the agent that it is about; null if it is about none
 * @param row the whole row, as a JSON object
 */
public record ChannelEvent(
        long seq,
        String channel,
        String event,
        String payload,
        @Nullable String agent,
        String row) {

    /** Reads a row as the database writes it. */
    public static ChannelEvent of(String row) {
        ObjectNode parsed = Json.parseRow(row);
        var payload = parsed.path("payload");
        return new ChannelEvent(
                parsed.path("seq").asLong(),
                parsed.path("channel").asText(),
                payload.path("event").asText("message"),
                payload.toString(),
                payload.hasNonNull("agent") ? payload.path("agent").asText() : null,
                row);
    }
}
