package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.ChannelEvent;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.RowChange;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The text of server-sent events. Viewers who have seen the same and may see the same get the same text, which is made
 * once; so what one viewer more costs is handing it over. Used on one event loop.
 */
final class EventFrames {

    /** A piece is no larger than that but for its last event, so that a slow client can be given one after the other. */
    private static final int PIECE_CHARACTERS = 64_000;

    /** Beyond, what was used least lately is forgotten; the newest stays, whatever its size. */
    private static final long MOST_KEPT_BYTES = 48 * 1024 * 1024;

    /** A text says what time it is, so it is not used for long. */
    private static final long KEPT_MILLIS = 100;

    private static final SharedText NOTHING = new SharedText("");

    private final LiveFeed feed;
    private final Clock clock;
    private final Map<Object, Frame> frames = new LinkedHashMap<>(16, 0.75f, true);
    private long keptBytes;

    /**
     * A text, and up to which channel event it goes.
     *
     * @param madeAt milliseconds of the clock
     */
    record Frame(SharedText text, long lastSeq, long madeAt) {}

    private record SnapshotKey(long version, long seq, Set<String> tables, EventFilter filter) {}

    private record TickKey(long since, long version, Set<String> tables, EventFilter filter) {}

    private record EventsKey(long after, long last, EventFilter filter) {}

    private enum StatusKey {
        ANY
    }

    EventFrames(LiveFeed feed, Clock clock) {
        this.feed = feed;
        this.clock = clock;
    }

    /** All tiles of the newest tick. */
    SharedText snapshot(Set<String> tables, EventFilter filter) {
        return kept(
                        new SnapshotKey(feed.version(), feed.lastSeq(), tables, filter),
                        () -> frame(
                                "event: snapshot\ndata: {" + TickHeaders.fields(feed.tick(), clock.instant())
                                        + ",\"seq\":" + feed.lastSeq() + ",\"tables\":"
                                        + feed.rows(tables, filter.agents())
                                        + "}\n\n",
                                0))
                .text();
    }

    /** What changed since a version; null if that is too long ago to say. */
    @Nullable
    SharedText tick(long since, Set<String> tables, EventFilter filter) {
        List<RowChange> changes = feed.changesSince(since);
        return changes == null
                ? null
                : kept(
                                new TickKey(since, feed.version(), tables, filter),
                                () -> frame(tick(changes, tables, filter), 0))
                        .text();
    }

    /** The next channel events after a number, none if there are none; null if they are no longer in memory. */
    @Nullable
    Frame events(long after, EventFilter filter) {
        long last = feed.lastSeq();
        if (last <= after) {
            return new Frame(NOTHING, after, 0);
        }
        EventsKey key = new EventsKey(after, last, filter);
        Frame known = frames.get(key);
        if (known == null) {
            List<ChannelEvent> events = feed.eventsAfter(after);
            if (events == null) {
                return null;
            }
            known = piece(events, after, filter, PIECE_CHARACTERS);
            keep(key, known);
        }
        return known;
    }

    /** What time it is, for those to whom nothing else was sent lately. */
    SharedText status(Status status) {
        return kept(StatusKey.ANY, () -> frame("event: status\ndata: " + status.json() + "\n\n", 0))
                .text();
    }

    /** All of the events that were read for one viewer. */
    Frame all(List<ChannelEvent> events, long after, EventFilter filter) {
        return piece(events, after, filter, Integer.MAX_VALUE);
    }

    private Frame piece(List<ChannelEvent> events, long after, EventFilter filter, int characters) {
        StringBuilder text = new StringBuilder();
        long seq = after;
        for (ChannelEvent event : events) {
            if (text.length() > characters) {
                break;
            }
            seq = event.seq();
            if (filter.asksFor(event)) {
                text.append("id: " + seq + "\nevent: channel\ndata: {\"channel\":" + Json.quote(event.channel())
                        + ",\"payload\":" + event.payload() + "}\n\n");
            }
        }
        return frame(text.toString(), seq);
    }

    private String tick(List<RowChange> changes, Set<String> tables, EventFilter filter) {
        StringBuilder tiles = new StringBuilder();
        StringBuilder alerts = new StringBuilder();
        for (RowChange change : changes) {
            String table = change.relation().name();
            if (!tables.contains(table) || table.equals("channel_event") || !filter.asksFor(change)) {
                continue;
            }
            String row = change.row() == null ? change.key() : change.row();
            if (table.equals("alert")) {
                alerts.append("event: alert\ndata: {\"type\":\"")
                        .append(change.kind())
                        .append("\",\"row\":")
                        .append(row)
                        .append("}\n\n");
            } else {
                tiles.append(tiles.length() == 0 ? "" : ",")
                        .append("{\"table\":\"")
                        .append(table)
                        .append("\",\"type\":\"")
                        .append(change.kind())
                        .append("\",\"row\":")
                        .append(row)
                        .append('}');
            }
        }
        return "event: tick\ndata: {" + TickHeaders.fields(feed.tick(), clock.instant()) + ",\"changes\":[" + tiles
                + "]}\n\n" + alerts;
    }

    private Frame kept(Object key, Supplier<Frame> make) {
        Frame known = frames.get(key);
        if (known == null || clock.millis() - known.madeAt() > KEPT_MILLIS) {
            known = make.get();
            keep(key, known);
        }
        return known;
    }

    private void keep(Object key, Frame frame) {
        Frame before = frames.put(key, frame);
        keptBytes += frame.text().weight() - (before == null ? 0 : before.text().weight());
        while (keptBytes > MOST_KEPT_BYTES && frames.size() > 1) {
            Object eldest = frames.keySet().iterator().next();
            Frame gone = frames.remove(eldest);
            keptBytes -= gone == null ? 0 : gone.text().weight();
        }
    }

    private Frame frame(String text, long lastSeq) {
        return new Frame(new SharedText(text), lastSeq, clock.millis());
    }
}
