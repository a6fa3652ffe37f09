package dev.agentpulse.gateway.protocol;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The result tables as of the last tick, read once for all who watch. Versions count reads that found something new; a
 * client remembers the one that it has seen. Used on one event loop.
 */
public interface LiveFeed {

    /** The tables whose changes are followed, by name; all are in schema agentpulse. */
    Set<String> tables();

    @Nullable
    Relation relation(String table);

    Tick tick();

    long version();

    /** When the database last answered; {@link Instant#EPOCH} before the first time. */
    Instant lastReadAt();

    /** What changed after a version, newest state of each row only; null if that is too long ago to say. */
    @Nullable
    List<RowChange> changesSince(long version);

    /** All rows of the tables, as a JSON object of arrays. */
    String rows(Set<String> tables, Set<String> agents);

    long lastSeq();

    /** Events after a number, oldest first, from memory; null if that is too long ago. */
    @Nullable
    List<ChannelEvent> eventsAfter(long seq);

    /** The same from the database, at most {@code limit}. */
    CompletionStage<List<ChannelEvent>> readEventsAfter(long seq, int limit);

    /** Called after each read that found something new. */
    void onChange(Runnable listener);

    /** Somebody is about to look: look for ticks often for a while. */
    void touch();

    /** The same; done when what is known is the newest, or the database cannot be asked. */
    CompletionStage<@Nullable Void> newest();

    /** Something was just changed: read now. */
    void refresh();
}
