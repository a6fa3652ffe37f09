package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.RestFailure;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * Lets pages of other origins ask, and nobody who came by a name that is not the gateway's. The headers are on errors too, or a
 * page cannot read why it was refused.
 */
final class Cors implements Handler<RoutingContext> {

    private static final String REQUEST_HEADERS = "apikey, authorization, x-client-info, accept-profile,"
            + " content-profile, prefer, range, x-retry-count, content-type, accept, range-unit, if-none-match,"
            + " last-event-id, x-supabase-api-version";
    // Content-Range: without it a browser's client reads null for count.
    private static final String EXPOSED =
            "Content-Range, Content-Profile, Preference-Applied, ETag, Date, Retry-After, " + TickHeaders.TICK + ", "
                    + TickHeaders.AS_OF;

    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final Origins origins;

    Cors(Origins origins) {
        this.origins = origins;
    }

    @Override
    public void handle(RoutingContext context) {
        if (!origins.knowsName(context.request())) {
            refuse(context, 421, "This gateway is not known by this name");
            return;
        }
        String origin = context.request().getHeader("Origin");
        HttpServerResponse response = context.response();
        response.putHeader("Vary", "Origin");
        boolean allowed = origins.allows(context.request());
        if (!allowed && !READING.contains(context.request().method())) {
            // It would have no way to read the answer, but what it asks for would be done.
            refuse(context, 403, "This origin is not on the gateway's list");
            return;
        }
        if (origin != null && allowed) {
            response.putHeader("Access-Control-Allow-Origin", origin);
            response.putHeader("Access-Control-Expose-Headers", EXPOSED);
        }
        boolean preflight = context.request().method().equals(HttpMethod.OPTIONS)
                && context.request().headers().contains("Access-Control-Request-Method");
        if (!preflight) {
            context.next();
            return;
        }
        response.putHeader("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE, OPTIONS");
        response.putHeader("Access-Control-Allow-Headers", REQUEST_HEADERS);
        response.putHeader("Access-Control-Max-Age", "600");
        response.setStatusCode(204).end();
    }

    private static void refuse(RoutingContext context, int status, String sentence) {
        Failures.answer(context, new RestFailure(status, "PGRST301", sentence, null, null));
    }
}
