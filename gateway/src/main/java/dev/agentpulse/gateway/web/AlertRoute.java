package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.Acknowledgements;
import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.RestFailure;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * {@code /api/alerts/{id}/acknowledge}, POST to do it and DELETE to undo it; and the same, and
 * notes, as functions at {@code /rest/v1/rpc}, where Supabase's client looks for them. Nothing of the body but their
 * arguments is read.
 */
final class AlertRoute {

    private static final Set<String> FUNCTIONS = Set.of("acknowledge_alert", "unacknowledge_alert", "note_incident");

    private final Authenticator authenticator;
    private final Acknowledgements acknowledgements;
    private final LiveFeed feed;

    AlertRoute(Authenticator authenticator, Acknowledgements acknowledgements, LiveFeed feed) {
        this.authenticator = authenticator;
        this.acknowledgements = acknowledgements;
        this.feed = feed;
    }

    void acknowledge(RoutingContext context) {
        act(context, false);
    }

    void undo(RoutingContext context) {
        act(context, true);
    }

    private void act(RoutingContext context, boolean undo) {
        authenticator
                .identify(context.request())
                .compose(identity -> done(identity, context.pathParam("id"), undo)
                        .compose(changed -> {
                            if (!changed) {
                                throw new RestFailure(
                                        409,
                                        "P0002",
                                        undo ? "The alert is not acknowledged." : "The alert is no longer open.",
                                        null,
                                        null);
                            }
                            String by = undo || identity.name() == null ? "null" : Json.quote(identity.name());
                            return context.response()
                                    .putHeader("Content-Type", "application/json; charset=utf-8")
                                    .end("{\"acknowledged_by\":" + by + "}");
                        }))
                .onFailure(failure -> Failures.answer(context, failure));
    }

    void call(RoutingContext context) {
        String function = context.pathParam("function");
        authenticator
                .identify(context.request())
                .compose(identity -> {
                    var body = Json.parse(
                            context.body().asString() == null
                                    ? ""
                                    : context.body().asString());
                    boolean note = function.equals("note_incident");
                    if (!FUNCTIONS.contains(function)
                            || body == null
                            || !body.hasNonNull("alert_id")
                            || note != body.hasNonNull("text")) {
                        throw new RestFailure(
                                404,
                                "PGRST202",
                                "Could not find the function " + function
                                        + " with these parameters in the schema cache",
                                "Known are acknowledge_alert(alert_id), unacknowledge_alert(alert_id) and"
                                        + " note_incident(alert_id, text).",
                                null);
                    }
                    String alertId = body.path("alert_id").asText();
                    Future<Boolean> work = note
                            ? Future.fromCompletionStage(acknowledgements.note(
                                    identity, alertId, body.path("text").asText()))
                            : done(identity, alertId, function.equals("unacknowledge_alert"));
                    return work.compose(changed -> context.response()
                            .putHeader("Content-Type", "application/json; charset=utf-8")
                            .end(Boolean.toString(changed)));
                })
                .onFailure(failure -> Failures.answer(context, failure));
    }

    private Future<Boolean> done(Identity identity, String alertId, boolean undo) {
        var work = undo ? acknowledgements.undo(identity, alertId) : acknowledgements.acknowledge(identity, alertId);
        return Future.fromCompletionStage(work).onSuccess(changed -> feed.refresh());
    }
}
