package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.ReadRights;
import dev.agentpulse.gateway.protocol.RestFailure;
import dev.agentpulse.gateway.protocol.Rights;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;

/** {@code /api/events} and {@code /api/snapshot}: for everyone whose client is not Supabase's. */
final class LiveRoute {

    private static final String HINT = "In production the role anon reads nothing until it is let in:"
            + " SELECT agentpulse.allow_reading('anon').";

    private final Authenticator authenticator;
    private final Rights rights;
    private final LiveFeed feed;
    private final EventFrames frames;
    private final FanOut fanOut;
    private final Status status;
    private final Clock clock;

    LiveRoute(Authenticator authenticator, Rights rights, LiveFeed feed, FanOut fanOut, Status status, Clock clock) {
        this.authenticator = authenticator;
        this.rights = rights;
        this.feed = feed;
        this.frames = new EventFrames(feed, clock);
        this.fanOut = fanOut;
        this.status = status;
        this.clock = clock;
    }

    void snapshot(RoutingContext context) {
        Future.fromCompletionStage(feed.newest())
                .compose(read -> allowed(context))
                .compose(viewer -> {
                    HttpServerResponse response = context.response();
                    TickHeaders.put(response, feed.tick());
                    String etag = "\"" + feed.tick().number() + "-" + feed.version() + "\"";
                    response.putHeader("Content-Type", "application/json; charset=utf-8")
                            .putHeader("Cache-Control", "private, no-cache")
                            .putHeader("ETag", etag);
                    if (etag.equals(context.request().getHeader("If-None-Match"))) {
                        return response.setStatusCode(304).end();
                    }
                    return response.end("{" + TickHeaders.fields(feed.tick(), clock.instant()) + ",\"seq\":"
                            + feed.lastSeq() + ",\"tables\":"
                            + feed.rows(
                                    viewer.rights().tables(),
                                    EventFilter.of(context).agents()) + "}");
                })
                .onFailure(failure -> Failures.answer(context, failure));
    }

    void events(RoutingContext context) {
        allowed(context)
                .map(viewer -> {
                    stream(context, viewer);
                    return null;
                })
                .onFailure(failure -> Failures.answer(context, failure));
    }

    private record Allowed(Identity identity, ReadRights rights) {}

    private Future<Allowed> allowed(RoutingContext context) {
        return authenticator.identify(context.request()).compose(identity -> Future.fromCompletionStage(
                        rights.of(identity))
                .map(granted -> {
                    if (granted.tables().isEmpty()) {
                        throw new RestFailure(
                                identity.role().equals("anon") ? 401 : 403,
                                "42501",
                                "permission denied for schema agentpulse",
                                null,
                                HINT);
                    }
                    return new Allowed(identity, granted);
                }));
    }

    private void stream(RoutingContext context, Allowed viewer) {
        HttpServerResponse response = context.response();
        if (response.closed()) {
            // The client has gone while its rights were looked up: nobody would tell of its end.
            return;
        }
        // What can be unreadable is read first: who has entered must be counted out again.
        EventFilter filter = EventFilter.of(context);
        long lastSeq = lastSeq(context);
        String address = context.request().remoteAddress().hostAddress();
        if (!fanOut.enter(address)) {
            Failures.answer(
                    context, new RestFailure(503, "PGRST000", "Too many connections", null, "Try again later."));
            return;
        }
        boolean zip = Encodings.takesGzip(context.request());
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream; charset=utf-8")
                .putHeader("Cache-Control", "no-cache, no-transform")
                .putHeader("Content-Encoding", zip ? "gzip" : "identity")
                .putHeader("Vary", "Origin, Accept-Encoding")
                // nginx would hold events back otherwise.
                .putHeader("X-Accel-Buffering", "no");
        EventStream stream = new EventStream(
                response,
                feed,
                frames,
                viewer.identity(),
                rights,
                viewer.rights(),
                filter,
                lastSeq,
                clock,
                status,
                zip ? new GzipStream() : null);
        fanOut.add(address, stream);
        response.closeHandler(closed -> fanOut.leave(stream));
        response.endHandler(ended -> fanOut.leave(stream));
        stream.start();
    }

    private long lastSeq(RoutingContext context) {
        String header = context.request().getHeader("Last-Event-ID");
        String text = header == null ? context.request().getParam("last_event_id") : header;
        try {
            return text == null ? feed.lastSeq() : Math.max(0, Long.parseLong(text.strip()));
        } catch (NumberFormatException e) {
            return feed.lastSeq();
        }
    }
}
