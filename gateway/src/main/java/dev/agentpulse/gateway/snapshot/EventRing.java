package dev.agentpulse.gateway.snapshot;

import dev.agentpulse.gateway.protocol.ChannelEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The last channel events, for those who were away for a moment. */
final class EventRing {

    private final int most;
    private final NavigableMap<Long, ChannelEvent> events = new TreeMap<>();
    /** Everything after this number is in memory. */
    private long completeAfter;

    private long last;

    EventRing(int most) {
        this.most = most;
    }

    void startAfter(long seq) {
        completeAfter = seq;
        last = seq;
    }

    void add(List<ChannelEvent> news) {
        for (ChannelEvent event : news) {
            events.put(event.seq(), event);
            last = Math.max(last, event.seq());
        }
        while (events.size() > most) {
            completeAfter = events.pollFirstEntry().getKey();
        }
    }

    long last() {
        return last;
    }

    /** Null if some of them are no longer in memory. */
    @Nullable
    List<ChannelEvent> after(long seq) {
        if (seq < completeAfter) {
            return null;
        }
        return new ArrayList<>(events.tailMap(seq, false).values());
    }
}
