package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.BroadcastMessage;
import dev.agentpulse.gateway.protocol.Frames;
import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.protocol.RestFailure;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.RoutingContext;

/** {@code /realtime/v1/websocket}, and broadcasts by POST for clients that have not joined. */
final class RealtimeRoute {

    private final RealtimeServices services;
    private final FanOut fanOut;
    private final Origins origins;

    RealtimeRoute(RealtimeServices services, FanOut fanOut, Origins origins) {
        this.services = services;
        this.fanOut = fanOut;
        this.origins = origins;
    }

    void upgrade(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!origins.allows(request)) {
            Failures.answer(
                    context, new RestFailure(403, "PGRST301", "This origin is not on the gateway's list", null, null));
            return;
        }
        String address = request.remoteAddress().hostAddress();
        // Else it may have ended before keys have been fetched, and be no socket any more.
        request.pause();
        services.authenticator()
                .identify(request)
                .compose(identity -> {
                    if (!fanOut.enter(address)) {
                        throw new RestFailure(503, "PGRST000", "Too many connections", null, "Try again later.");
                    }
                    return Future.succeededFuture()
                            .compose(entered -> request.toWebSocket())
                            .map(socket -> open(request, socket, identity, address))
                            .onFailure(failure -> fanOut.cancel(address));
                })
                .onFailure(failure -> {
                    request.resume();
                    Failures.answer(context, failure);
                });
    }

    private RealtimeSocket open(HttpServerRequest request, ServerWebSocket socket, Identity identity, String address) {
        Frames frames = Frames.of(request.getParam("vsn"));
        RealtimeSocket viewer = new RealtimeSocket(
                socket,
                frames,
                frames == Frames.VERSION_2 && "1".equals(request.getParam("batch")),
                identity,
                services,
                new RateLimiter(services.limits().messagesPerSecond()));
        socket.closeHandler(closed -> {
            viewer.forget();
            services.topics().remove(viewer);
            fanOut.leave(viewer);
        });
        services.topics().add(viewer);
        fanOut.add(address, viewer);
        return viewer;
    }

    /**
     * {@code {"messages":[{topic, event, payload, private}]}}, and one message at {@code
     * /api/broadcast/<topic>/events/<event>?private=true}.
     */
    void broadcast(RoutingContext context) {
        services.authenticator()
                .identify(context.request())
                .compose(identity -> {
                    publish(context, identity);
                    return context.response().setStatusCode(202).end();
                })
                .onFailure(failure -> Failures.answer(context, failure));
    }

    private void publish(RoutingContext context, Identity identity) {
        Buffer body = context.body().buffer();
        String topic = context.pathParam("topic");
        var json = Json.parse(body == null ? "" : body.toString());
        if (topic != null) {
            String event = context.pathParam("event");
            boolean binary = "application/octet-stream".equals(context.request().getHeader("Content-Type"));
            if (!binary && json == null) {
                throw unreadable();
            }
            publish(
                    identity,
                    topic,
                    "true".equals(context.request().getParam("private")),
                    binary && body != null
                            ? new BroadcastMessage(event, null, body.getBytes())
                            : BroadcastMessage.json(event, String.valueOf(json)));
            return;
        }
        if (json == null || !json.path("messages").isArray()) {
            throw unreadable();
        }
        for (var message : json.path("messages")) {
            publish(
                    identity,
                    message.path("topic").asText(),
                    message.path("private").asBoolean(false),
                    BroadcastMessage.json(
                            message.path("event").asText(),
                            message.path("payload").toString()));
        }
    }

    private void publish(Identity identity, String name, boolean isPrivate, BroadcastMessage message) {
        String topic = RealtimeServices.PREFIX + name;
        if (services.isReserved(topic)) {
            throw new RestFailure(403, "42501", "The topic " + name + " takes no broadcasts of clients", null, null);
        }
        if (isPrivate && !RealtimeServices.mayUsePrivate(identity)) {
            throw new RestFailure(403, "42501", "The private topic " + name + " is not for you", null, null);
        }
        services.topics().publish(topic, isPrivate, message, null);
    }

    private static RestFailure unreadable() {
        return new RestFailure(
                422, "PGRST102", "The body must be {\"messages\": [{topic, event, payload}]}", null, null);
    }
}
