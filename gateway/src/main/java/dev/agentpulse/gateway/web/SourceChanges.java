package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.Relation;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Changes of the source tables, where the gateway reads them. */
interface SourceChanges {

    /** The source tables are not read. */
    SourceChanges NONE = new SourceChanges() {
        @Override
        public @Nullable Relation relation(String schema, String table) {
            return null;
        }

        @Override
        public Future<Void> subscribe(RealtimeChannel channel, Identity identity) {
            return Future.succeededFuture();
        }

        @Override
        public void unsubscribe(RealtimeChannel channel) {}
    };

    @Nullable
    Relation relation(String schema, String table);

    /** Succeeds when changes flow to the channel. */
    Future<Void> subscribe(RealtimeChannel channel, Identity identity);

    void unsubscribe(RealtimeChannel channel);
}
