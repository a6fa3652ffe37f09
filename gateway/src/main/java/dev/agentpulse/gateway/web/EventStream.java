package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.ReadRights;
import dev.agentpulse.gateway.protocol.Rights;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * One client of {@code /api/events}. It gets all tiles of one tick, then what each tick changed, and every channel event
 * after the one it names, in order and once.
 */
final class EventStream implements Viewer {

    private static final int PAGE = 1_000;

    private final HttpServerResponse response;
    private final LiveFeed feed;
    private final EventFrames frames;
    private final Identity identity;
    private final Rights lookup;
    /** As of the beginning: what was granted since comes with the next stream. */
    private final ReadRights rights;

    private final EventFilter filter;
    private final Clock clock;
    private final Status status;
    private final @Nullable GzipStream gzip;
    private long version;
    private long seq;
    private boolean started;
    private boolean catchingUp;
    private boolean quiet = true;

    /**
     * @param lastSeq the last channel event that the client has
     * @param gzip null where the client takes texts as they are
     */
    EventStream(
            HttpServerResponse response,
            LiveFeed feed,
            EventFrames frames,
            Identity identity,
            Rights lookup,
            ReadRights rights,
            EventFilter filter,
            long lastSeq,
            Clock clock,
            Status status,
            @Nullable GzipStream gzip) {
        this.response = response;
        this.feed = feed;
        this.frames = frames;
        this.identity = identity;
        this.lookup = lookup;
        this.rights = rights;
        this.filter = filter;
        this.seq = lastSeq;
        this.clock = clock;
        this.status = status;
        this.gzip = gzip;
        response.drainHandler(drained -> flush());
    }

    void start() {
        started = true;
        if (gzip != null) {
            var ignored = response.write(GzipStream.header());
        }
        sendSnapshot();
        flush();
    }

    private void sendSnapshot() {
        version = feed.version();
        send(frames.snapshot(rights.tables(), filter));
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
        if (version == feed.version()) {
            return;
        }
        SharedText tick = frames.tick(version, rights.tables(), filter);
        if (tick == null) {
            // Away for longer than changes are kept: begin anew, at the newest tick.
            sendSnapshot();
            return;
        }
        version = feed.version();
        send(tick);
    }

    /** Piece by piece, as the client takes them; the rest comes when it has taken these. */
    private void sendEvents() {
        while (rights.channels() && !catchingUp && !response.writeQueueFull()) {
            EventFrames.Frame piece = frames.events(seq, filter);
            if (piece == null) {
                catchUp();
                return;
            }
            if (piece.lastSeq() <= seq) {
                return;
            }
            send(piece);
        }
    }

    private void catchUp() {
        catchingUp = true;
        Future.fromCompletionStage(feed.readEventsAfter(seq, PAGE)).onComplete(read -> {
            catchingUp = false;
            if (read.succeeded()) {
                if (read.result().isEmpty()) {
                    // What lay between is gone by retention.
                    seq = Math.max(seq, feed.lastSeq());
                } else {
                    send(frames.all(read.result(), seq, filter));
                }
                flush();
            }
        });
    }

    private void send(EventFrames.Frame piece) {
        seq = piece.lastSeq();
        if (!piece.text().isEmpty()) {
            send(piece.text());
        }
    }

    private void send(SharedText text) {
        if (!response.ended()) {
            quiet = false;
            var ignored = response.write(gzip == null ? text.plain() : gzip.next(text));
        }
    }

    private void send(String text) {
        send(new SharedText(text));
    }

    @Override
    public void everySecond() {
        if (identity.isExpired(clock.instant())) {
            end("Token has expired");
            return;
        }
        // A right that was taken away ends here, within the time that rights are remembered.
        lookup.of(identity).thenAccept(granted -> {
            if (lacksSome(granted)) {
                end("What you may read has changed");
            }
        });
        if (quiet && !response.writeQueueFull()) {
            // Says that we are here, what time it is, and how old what was sent last is by now.
            send(frames.status(status));
        }
        quiet = true;
    }

    private boolean lacksSome(ReadRights granted) {
        return (rights.channels() && !granted.channels())
                || feed.tables().stream()
                        .anyMatch(table -> rights.tables().contains(table)
                                && !granted.tables().contains(table));
    }

    private void end(String reason) {
        send("event: error\ndata: {\"message\":\"" + reason + "\"}\n\n");
        close(reason);
    }

    @Override
    public boolean isGone() {
        return response.ended() || response.closed();
    }

    @Override
    public void close(String reason) {
        if (!response.ended()) {
            var ignored = gzip == null || !started ? response.end() : response.end(gzip.end());
        }
    }
}
