package dev.agentpulse.gateway.snapshot;

import dev.agentpulse.gateway.protocol.Tick;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises what a dead job cannot: alerts about the pipeline itself. They are rows of the alert table like any other, with
 * an id that follows from when the trouble began, so that several gateways raise one.
 */
public final class PipelineWatch {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineWatch.class);
    private static final String RAISE =
            "SELECT agentpulse.raise_pipeline_alert($1::text, $2::text, $3::text, $4::numeric, $5::numeric, $6::timestamptz)";
    private static final String RESOLVE = "SELECT agentpulse.resolve_pipeline_alert($1::text, $2::text)";
    private static final double WARNING_SHARE = 0.8;
    /** A page that opens asks a dozen questions at once: a moment of crowding says nothing, nor does a moment without. */
    private static final int LOOKS_OF_CROWDING = 5;

    private static final double MILLIS = 1000.0;

    private final Database database;
    private final TickFeed feed;
    private final Duration staleAfter;
    private final Clock clock;
    private final DoubleSupplier viewersShare;
    private final Map<String, Boolean> raised = new HashMap<>();
    /** What is unlike what is raised. */
    private final Lasting unlike = new Lasting(LOOKS_OF_CROWDING);

    private boolean asking;

    /** @param viewersShare viewers of those that may connect, 0 to 1 */
    public PipelineWatch(
            Database database, TickFeed feed, Duration staleAfter, Clock clock, DoubleSupplier viewersShare) {
        this.database = database;
        this.feed = feed;
        this.staleAfter = staleAfter;
        this.clock = clock;
        this.viewersShare = viewersShare;
    }

    /** Called once a second. */
    public void look() {
        if (asking) {
            return;
        }
        Instant now = clock.instant();
        Tick tick = feed.tick();
        Instant asOf = tick.asOf();
        // A job that reads the tables for the first time stands at the beginning of time.
        if (asOf != null && asOf.isAfter(Instant.EPOCH)) {
            double seconds = Duration.between(asOf, now).toMillis() / MILLIS;
            double threshold = staleAfter.toMillis() / MILLIS;
            judge("pipeline_stale", "critical", seconds > threshold, seconds, threshold, asOf);
        }
        double pool = (double) database.inUse() / database.poolSize();
        crowded("pipeline_gateway_pool", pool, 2, now);
        double viewers = viewersShare.getAsDouble();
        crowded("pipeline_gateway_viewers", viewers, WARNING_SHARE, now);
    }

    /** Judges only what has lasted. */
    private void crowded(String rule, double value, double threshold, Instant now) {
        boolean bad = value >= threshold;
        boolean lasts = unlike.lasts(rule, bad != raised.getOrDefault(rule, false));
        // The first look also resolves what an earlier gateway left.
        if (lasts || (!bad && !raised.containsKey(rule))) {
            judge(rule, "warning", bad, value, threshold, now);
        }
    }

    private void judge(String rule, String severity, boolean bad, double value, double threshold, Instant since) {
        Boolean before = raised.get(rule);
        if (before != null && before == bad) {
            return;
        }
        asking = true;
        Tuple raise = Tuple.of(
                rule, "gateway", severity, Math.round(value * 100) / 100.0, threshold, since.atOffset(ZoneOffset.UTC));
        database.query(bad ? RAISE : RESOLVE, bad ? raise : Tuple.of(rule, "gateway"))
                .onComplete(done -> {
                    asking = false;
                    if (done.succeeded()) {
                        raised.put(rule, bad);
                        unlike.forget(rule);
                        feed.refresh();
                        if (bad || before != null) {
                            LOG.warn("{} is {}", rule, bad ? "raised: " + value + " over " + threshold : "over");
                        }
                    } else if (before == null && !bad) {
                        LOG.warn(
                                "The alert {} cannot be written: {}",
                                rule,
                                done.cause().toString());
                    }
                });
    }
}
