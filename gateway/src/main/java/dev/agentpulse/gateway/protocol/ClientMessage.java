package dev.agentpulse.gateway.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client of Realtime sends. */
public sealed interface ClientMessage {

    /** Where a message belongs and what its answer refers to. */
    record Address(@Nullable String joinRef, @Nullable String ref, String topic) {}

    Address address();

    record Heartbeat(Address address) implements ClientMessage {}

    /**
     * A client joins a topic.
     *
     * @param accessToken null for what the API key may do
     * @param isPrivate whether only people who have signed in are to be let in
     * @param echo whether the client's own broadcasts come back to it
     * @param acknowledge whether it wants to know that a broadcast was taken
     */
    record Join(
            Address address,
            @Nullable String accessToken,
            boolean isPrivate,
            boolean presence,
            boolean echo,
            boolean acknowledge,
            List<Binding> bindings)
            implements ClientMessage {
        public Join {
            bindings = List.copyOf(bindings);
        }
    }

    /**
     * A join that asks for something which cannot be read.
     *
     * @param reason a sentence for the client
     */
    record BadJoin(Address address, String reason) implements ClientMessage {}

    record Leave(Address address) implements ClientMessage {}

    record AccessToken(Address address, @Nullable String token) implements ClientMessage {}

    record Broadcast(Address address, BroadcastMessage message) implements ClientMessage {}

    record Presence(Address address, JsonNode payload) implements ClientMessage {}

    /** Something that this gateway does not know. */
    record Other(Address address, String event) implements ClientMessage {}
}
