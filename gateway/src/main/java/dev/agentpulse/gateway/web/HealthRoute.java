package dev.agentpulse.gateway.web;

import io.vertx.ext.web.RoutingContext;

/** For load balancers and Prometheus; no key is needed, and no row is shown. */
final class HealthRoute {

    private final Status status;
    private final Metrics metrics;

    HealthRoute(Status status, Metrics metrics) {
        this.status = status;
        this.metrics = metrics;
    }

    /** The process answers: a reason not to restart it. */
    void healthy(RoutingContext context) {
        json(context, 200, "{\"status\":\"ok\"}");
    }

    /** The database answers: a reason to send requests here. An old tick is not: other gateways have the same. */
    void ready(RoutingContext context) {
        json(context, status.databaseAnswers() ? 200 : 503, status.json());
    }

    void status(RoutingContext context) {
        json(context, 200, status.json());
    }

    void metrics(RoutingContext context) {
        var ignored = context.response()
                .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                .end(metrics.text());
    }

    private static void json(RoutingContext context, int code, String body) {
        var ignored = context.response()
                .setStatusCode(code)
                .putHeader("Content-Type", "application/json; charset=utf-8")
                .putHeader("Cache-Control", "no-store")
                .end(body);
    }
}
