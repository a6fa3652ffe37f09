package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.ChannelEvent;
import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.ReadRights;
import dev.agentpulse.gateway.protocol.RowChange;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/**
 * One client of {@code /api/events}. It gets all tiles of one tick, then what each tick changed, and every channel event
 * after the one it names, in order and once.
 */
final class EventStream implements Viewer {

    private static final int PAGE = 1_000;

    private final HttpServerResponse response;
    private final LiveFeed feed;
    private final Identity identity;
    private final ReadRights rights;
    private final Set<String> agents;
    private final Clock clock;
    private final Status status;
    private long version;
    private long seq;
    private boolean started;
    private boolean catchingUp;
    private boolean quiet = true;

    /** @param lastSeq the last channel event that the client has */
    EventStream(
            HttpServerResponse response,
            LiveFeed feed,
            Identity identity,
            ReadRights rights,
            Set<String> agents,
            long lastSeq,
            Clock clock,
            Status status) {
        this.response = response;
        this.feed = feed;
        this.identity = identity;
        this.rights = rights;
        this.agents = agents;
        this.seq = lastSeq;
        this.clock = clock;
        this.status = status;
        response.drainHandler(drained -> flush());
    }

    void start() {
        started = true;
        sendSnapshot();
        flush();
    }

    private void sendSnapshot() {
        version = feed.version();
        send("event: snapshot\ndata: {" + TickHeaders.fields(feed.tick(), clock.instant()) + ",\"seq\":"
                + feed.lastSeq() + ",\"tables\":" + feed.rows(rights.tables(), agents) + "}\n\n");
    }

    @Override
    public void flush() {
        if (!started || response.ended() || response.writeQueueFull()) {
            return;
        }
        sendTick();
        sendEvents();
    }

    private void sendTick() {
        List<RowChange> changes = feed.changesSince(version);
        if (changes == null) {
            // Away for longer than changes are kept: begin anew, at the newest tick.
            sendSnapshot();
            return;
        }
        if (version == feed.version()) {
            return;
        }
        version = feed.version();
        StringBuilder tiles = new StringBuilder();
        StringBuilder alerts = new StringBuilder();
        for (RowChange change : changes) {
            String table = change.relation().name();
            if (!rights.tables().contains(table) || table.equals("channel_event") || !isAsked(change)) {
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
        send("event: tick\ndata: {" + TickHeaders.fields(feed.tick(), clock.instant()) + ",\"changes\":[" + tiles
                + "]}\n\n" + alerts);
    }

    private void sendEvents() {
        if (!rights.channels() || catchingUp) {
            return;
        }
        List<ChannelEvent> events = feed.eventsAfter(seq);
        if (events != null) {
            for (ChannelEvent event : events) {
                if (response.writeQueueFull()) {
                    // The rest when the client has taken these.
                    return;
                }
                send(event);
            }
            return;
        }
        catchingUp = true;
        Future.fromCompletionStage(feed.readEventsAfter(seq, PAGE)).onComplete(read -> {
            catchingUp = false;
            if (read.succeeded()) {
                read.result().forEach(this::send);
                if (read.result().isEmpty()) {
                    // What lay between is gone by retention.
                    seq = Math.max(seq, feed.lastSeq());
                }
                flush();
            }
        });
    }

    private void send(ChannelEvent event) {
        seq = event.seq();
        String agent = event.agent();
        if (agents.isEmpty() || agent == null || agents.contains(agent)) {
            send("id: " + event.seq() + "\nevent: channel\ndata: {\"channel\":" + Json.quote(event.channel())
                    + ",\"payload\":" + event.payload() + "}\n\n");
        }
    }

    private boolean isAsked(RowChange change) {
        return agents.isEmpty()
                || change.relation().column("agent").isEmpty()
                || agents.contains(change.filterable().path("agent").asText());
    }

    private void send(String text) {
        if (!response.ended()) {
            quiet = false;
            var ignored = response.write(text);
        }
    }

    @Override
    public void everySecond() {
        if (identity.isExpired(clock.instant())) {
            send("event: error\ndata: {\"message\":\"Token has expired\"}\n\n");
            close("Token has expired");
        } else if (quiet && !response.writeQueueFull()) {
            // Says that we are here, what time it is, and how old what was sent last is by now.
            send("event: status\ndata: " + status.json() + "\n\n");
        }
        quiet = true;
    }

    @Override
    public void close(String reason) {
        if (!response.ended()) {
            var ignored = response.end();
        }
    }
}
