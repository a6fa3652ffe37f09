package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.LiveFeed;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All who watch. Every viewer remembers what it has seen, so there is nothing to queue: one that is slow, or that is held
 * back because many watch, gets the difference to the newest tick when its turn comes.
 */
public final class FanOut {

    private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);
    /** Between two frames of one viewer when many watch, and when very many do. */
    private static final long CALM_MILLIS = 500;

    private static final long CALMER_MILLIS = 1_000;
    /** So many times as many as make it calm. */
    private static final int CALMER_FACTOR = 10;

    private static final double WARNING_SHARE = 0.8;

    private final Vertx vertx;
    private final LiveFeed feed;
    private final Limits limits;
    /** With the network address of each. */
    private final Map<Viewer, String> viewers = new LinkedHashMap<>();

    private final Map<String, Integer> perAddress = new HashMap<>();
    private final Metrics.Durations took;
    private final LongAdder refused;
    /** Who was let in, also those whose socket is still being opened. */
    private int entered;

    private boolean waiting;
    private boolean warned;

    public FanOut(Vertx vertx, LiveFeed feed, Limits limits, Metrics metrics) {
        this.vertx = vertx;
        this.feed = feed;
        this.limits = limits;
        this.took = metrics.durations("fan_out_seconds", "Time to hand one tick to all viewers");
        this.refused = metrics.counter("connections_refused_total", "Viewers turned away at a limit");
        metrics.gauge("viewers", "Sockets and event streams that are open", viewers::size);
        feed.onChange(this::changed);
        vertx.setPeriodic(1_000, id -> everySecond());
    }

    public int viewers() {
        return viewers.size();
    }

    /** How much of what may connect is connected, 0 to 1. */
    public double share() {
        return (double) entered / limits.connections();
    }

    /** Whether there is room for one more of this address; counts it in that case. */
    boolean enter(String address) {
        int here = perAddress.getOrDefault(address, 0);
        if (entered >= limits.connections() || here >= limits.connectionsPerAddress()) {
            refused.increment();
            return false;
        }
        perAddress.put(address, here + 1);
        entered++;
        if (share() >= WARNING_SHARE && !warned) {
            warned = true;
            LOG.warn("{} of at most {} viewers are connected", entered, limits.connections());
        }
        return true;
    }

    void add(String address, Viewer viewer) {
        viewers.put(viewer, address);
        feed.touch();
    }

    /** May be called again: a stream that ends is told of, and its connection that closes. */
    void leave(Viewer viewer) {
        String address = viewers.remove(viewer);
        if (address != null) {
            cancel(address);
        }
    }

    /** One that has entered does not come after all. */
    void cancel(String address) {
        perAddress.computeIfPresent(address, (key, count) -> count > 1 ? count - 1 : null);
        entered--;
        warned &= share() >= WARNING_SHARE;
    }

    public void closeAll(String reason) {
        new ArrayList<>(viewers.keySet()).forEach(viewer -> viewer.close(reason));
    }

    private void changed() {
        if (viewers.size() < limits.calmFrom()) {
            flush();
        } else if (!waiting) {
            waiting = true;
            boolean calmer = viewers.size() >= CALMER_FACTOR * limits.calmFrom();
            vertx.setTimer(calmer ? CALMER_MILLIS : CALM_MILLIS, id -> {
                waiting = false;
                flush();
            });
        }
    }

    private void flush() {
        long started = System.nanoTime();
        for (Viewer viewer : new ArrayList<>(viewers.keySet())) {
            viewer.flush();
        }
        took.record(System.nanoTime() - started);
    }

    private void everySecond() {
        if (!viewers.isEmpty()) {
            feed.touch();
        }
        for (Viewer viewer : new ArrayList<>(viewers.keySet())) {
            if (viewer.isGone()) {
                // Its end was not told, as where it came before anybody listened for it.
                leave(viewer);
            } else {
                viewer.everySecond();
            }
        }
    }
}
