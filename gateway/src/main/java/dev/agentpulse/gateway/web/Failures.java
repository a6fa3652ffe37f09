package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.MalformedFrameException;
import dev.agentpulse.gateway.protocol.RestFailure;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What went wrong, as an answer. What is our own mistake is logged and told to nobody. */
final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static RestFailure of(Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return of(failure.getCause());
        }
        if (failure instanceof RestFailure known) {
            return known;
        }
        if (failure instanceof MalformedFrameException malformed) {
            return new RestFailure(400, "PGRST100", String.valueOf(malformed.getMessage()), null, null);
        }
        if (failure instanceof HttpException http) {
            return new RestFailure(http.getStatusCode(), "PGRST000", "The request is not readable", null, null);
        }
        LOG.error("A request failed", failure);
        return new RestFailure(500, "PGRST000", "Something went wrong in the gateway; its log says what.", null, null);
    }

    static void answer(RoutingContext context, Throwable failure) {
        if (context.response().ended() || context.response().closed()) {
            // Whoever asked has gone, which is no failure: pages are closed, and give up what they no longer want.
            return;
        }
        RestFailure told = of(failure);
        context.response()
                .setStatusCode(told.status())
                .putHeader("Content-Type", "application/json; charset=utf-8")
                .putHeader("Cache-Control", "no-store");
        if (told.status() == 401) {
            context.response().putHeader("WWW-Authenticate", "Bearer");
        }
        var ignored = context.response().end(told.body());
    }
}
