package dev.agentpulse.gateway.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agentpulse.gateway.protocol.Json;
import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.RowChange;
import dev.agentpulse.gateway.protocol.Tick;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How things are, for anybody: numbers only, no name of an agent, a person or a conversation. It is made at most once in a
 * while however many ask, from what the gateway has in memory; when an alert that is critical opens, changes or ends, every
 * copy of it is forgotten at once, here and at the CDN.
 */
final class PublicSummary {

    static final String PATH = "/api/public/summary";

    private static final Set<String> TABLES =
            Set.of("agent_health", "approval_queue", "approval_activity", "training_quality", "alert");
    private static final List<String> STATES = List.of("healthy", "warning", "degraded", "idle");
    private static final List<String> SEVERITIES = List.of("critical", "warning", "info");
    /** Many alerts at once are one change. */
    private static final Duration LEAST_BETWEEN_PURGES = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final LiveFeed feed;
    private final Clock clock;
    private final int freshSeconds;
    private final @Nullable PurgeHook hook;
    private final LongAdder made;
    private @Nullable Made kept;
    private long version;
    private Instant purgedAt = Instant.EPOCH;
    private boolean purging;

    private record Made(Instant at, String body, String etag) {}

    PublicSummary(Vertx vertx, LiveFeed feed, Clock clock, SummarySettings settings, Metrics metrics) {
        this.vertx = vertx;
        this.feed = feed;
        this.clock = clock;
        this.freshSeconds = settings.freshSeconds();
        SummarySettings.Purge purge = settings.purge();
        this.hook = purge == null ? null : new PurgeHook(vertx, purge, metrics);
        this.made = metrics.counter("summaries_made_total", "Public summaries made, not taken from the cache");
        this.version = feed.version();
        feed.onChange(this::changed);
    }

    void answer(RoutingContext context) {
        Instant now = clock.instant();
        Made summary = kept;
        if (summary == null || age(summary, now) >= freshSeconds) {
            summary = make(now);
            kept = summary;
        }
        HttpServerResponse response = context.response();
        response.putHeader("Content-Type", "application/json; charset=utf-8")
                // What is left of its time, so that no copy is shown for longer.
                .putHeader(
                        "Cache-Control",
                        "public, max-age=" + (freshSeconds - age(summary, now)) + ", stale-while-revalidate="
                                + freshSeconds)
                .putHeader("ETag", summary.etag())
                .putHeader("Access-Control-Allow-Origin", "*")
                // The same for all, or a CDN would keep one for each origin.
                .putHeader("Vary", "Accept-Encoding")
                .putHeader("Content-Encoding", "identity");
        if (summary.etag().equals(context.request().getHeader("If-None-Match"))) {
            var ignored = response.setStatusCode(304).end();
        } else if (context.request().method().equals(HttpMethod.HEAD)) {
            var ignored = response.end();
        } else {
            var ignored = response.end(summary.body());
        }
    }

    private static long age(Made summary, Instant now) {
        return Math.max(0, Duration.between(summary.at(), now).toSeconds());
    }

    private Made make(Instant now) {
        made.increment();
        String body = summarize(Json.parseRow(feed.rows(TABLES, Set.of())), feed.tick());
        CRC32C checksum = new CRC32C();
        checksum.update(body.getBytes(StandardCharsets.UTF_8));
        return new Made(now, body, "\"" + Long.toHexString(checksum.getValue()) + "\"");
    }

    private static String summarize(ObjectNode tables, Tick tick) {
        ObjectNode alerts = counts(tables.path("alert"), "severity", SEVERITIES);
        ObjectNode summary = Json.object();
        summary.put(
                "status",
                alerts.path("critical").asInt() > 0
                        ? "critical"
                        : alerts.path("warning").asInt() > 0 ? "warning" : "ok");
        summary.put("tick", tick.number());
        summary.put("as_of", tick.asOf() == null ? null : tick.asOf().toString());
        summary.set("agents", counts(tables.path("agent_health"), "health_status", STATES));
        JsonNode queue = tables.path("approval_queue").path(0);
        ObjectNode approvals = summary.putObject("approvals");
        approvals.put("pending", queue.path("pending_count").asLong());
        approvals.put("sla_breaches", queue.path("sla_breach_count").asLong());
        approvals.set("sla_compliance_1h_pct", window(tables, "approval_activity", "1h", "sla_compliance_pct"));
        ObjectNode training = summary.putObject("training");
        training.set("unsafe_rate_24h_pct", window(tables, "training_quality", "24h", "unsafe_rate_pct"));
        training.set("feedback_24h", window(tables, "training_quality", "24h", "feedback_count"));
        summary.set("alerts", alerts);
        return summary.toString();
    }

    private static ObjectNode counts(JsonNode rows, String column, List<String> values) {
        ObjectNode counts = Json.object();
        values.forEach(value -> counts.put(value, 0));
        rows.forEach(row -> {
            String value = row.path(column).asText();
            counts.put(value, counts.path(value).asInt() + 1);
        });
        return counts;
    }

    private static @Nullable JsonNode window(ObjectNode tables, String table, String window, String column) {
        for (JsonNode row : tables.path(table)) {
            if (row.path("window_name").asText().equals(window)) {
                return row.get(column);
            }
        }
        return null;
    }

    private void changed() {
        List<RowChange> changes = feed.changesSince(version);
        version = feed.version();
        if (!purging && (changes == null || changes.stream().anyMatch(PublicSummary::isCritical))) {
            purging = true;
            long wait = LEAST_BETWEEN_PURGES
                    .minus(Duration.between(purgedAt, clock.instant()))
                    .toMillis();
            if (wait <= 0) {
                purge();
            } else {
                vertx.setTimer(wait, id -> purge());
            }
        }
    }

    /** Point events, which are over as they come, are counted nowhere here. */
    private static boolean isCritical(RowChange change) {
        if (!change.relation().name().equals("alert") || change.kind() == RowChange.Kind.DELETE) {
            return false;
        }
        ObjectNode alert = change.filterable();
        boolean over = alert.path("status").asText().equals("resolved");
        return alert.path("severity").asText().equals("critical") && !(over && change.kind() == RowChange.Kind.INSERT);
    }

    private void purge() {
        purging = false;
        purgedAt = clock.instant();
        kept = null;
        if (hook != null) {
            hook.send();
        }
    }
}
