package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.BroadcastMessage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Broadcasts between clients of this gateway. */
final class Topics {

    private final Set<RealtimeSocket> sockets = new LinkedHashSet<>();

    void add(RealtimeSocket socket) {
        sockets.add(socket);
    }

    void remove(RealtimeSocket socket) {
        sockets.remove(socket);
    }

    /** @param except who sent it, unless it wants its own back */
    void publish(String topic, BroadcastMessage message, @Nullable RealtimeSocket except) {
        for (RealtimeSocket socket : new ArrayList<>(sockets)) {
            if (socket != except) {
                socket.receive(topic, message);
            }
        }
    }
}
