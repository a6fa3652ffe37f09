package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.Tick;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;

/** What every answer says about the picture it shows. */
final class TickHeaders {

    static final String TICK = "X-AgentPulse-Tick";
    static final String AS_OF = "X-AgentPulse-As-Of";

    private TickHeaders() {}

    static void put(HttpServerResponse response, Tick tick) {
        response.putHeader(TICK, Long.toString(tick.number()));
        Instant asOf = tick.asOf();
        if (asOf != null) {
            response.putHeader(AS_OF, asOf.toString());
        }
    }

    /** The same as fields of a JSON object. */
    static String fields(Tick tick, Instant serverTime) {
        Instant asOf = tick.asOf();
        return "\"tick\":" + tick.number() + ",\"as_of\":" + (asOf == null ? "null" : "\"" + asOf + "\"")
                + ",\"server_time\":\"" + serverTime + "\"";
    }
}
