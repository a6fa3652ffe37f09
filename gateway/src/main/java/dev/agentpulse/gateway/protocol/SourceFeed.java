package dev.agentpulse.gateway.protocol;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Changes of the source tables, as they are committed. Used on one event loop. */
public interface SourceFeed {

    /** A source table by its name; null if it is none, or if source tables are not read. */
    @Nullable
    Relation relation(String schema, String table);

    /** Who gets the changes. */
    interface Receiver {

        /** Takes changes in the order of their commits; the next come when it is done. */
        CompletionStage<Void> receive(List<RowChange> changes);

        /** The stream broke off: changes may have been missed. */
        void lost(String reason);
    }

    void receiver(Receiver receiver);

    /** Makes changes flow, if they do not yet; succeeds when they do. */
    CompletionStage<Void> open();

    /** Nobody wants changes any more: the slot goes. */
    void close();
}
