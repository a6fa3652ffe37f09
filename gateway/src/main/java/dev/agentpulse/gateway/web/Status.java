package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.Tick;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** How the gateway itself is doing, and how old what it serves is. */
public final class Status {

    private static final Duration DATABASE_SILENT_AFTER = Duration.ofSeconds(3);
    private static final double MILLIS = 1000.0;

    private final LiveFeed feed;
    private final Clock clock;

    public Status(LiveFeed feed, Clock clock) {
        this.feed = feed;
        this.clock = clock;
    }

    public boolean databaseAnswers() {
        return feed.lastReadAt().plus(DATABASE_SILENT_AFTER).isAfter(clock.instant());
    }

    /** Seconds from {@code as_of} to now; -1 before the first tick. */
    public double freshnessSeconds() {
        Instant asOf = feed.tick().asOf();
        return asOf == null ? -1 : Duration.between(asOf, clock.instant()).toMillis() / MILLIS;
    }

    String json() {
        Tick tick = feed.tick();
        return "{" + TickHeaders.fields(tick, clock.instant()) + ",\"freshness_seconds\":"
                + (tick.asOf() == null ? "null" : Double.toString(freshnessSeconds())) + ",\"database\":\""
                + (databaseAnswers() ? "ok" : "unreachable") + "\"}";
    }
}
