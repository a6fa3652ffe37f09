package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.BroadcastMessage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Broadcasts between clients of this gateway. A private and a public channel of one name are two, as at Supabase. */
final class Topics {

    private final Set<RealtimeSocket> sockets = new LinkedHashSet<>();

    void add(RealtimeSocket socket) {
        sockets.add(socket);
    }

    void remove(RealtimeSocket socket) {
        sockets.remove(socket);
    }

    /** @param except who sent it, unless it wants its own back */
    void publish(String topic, boolean isPrivate, BroadcastMessage message, @Nullable RealtimeSocket except) {
        for (RealtimeSocket socket : new ArrayList<>(sockets)) {
            if (socket != except) {
                socket.receive(topic, isPrivate, message);
            }
        }
    }
}
