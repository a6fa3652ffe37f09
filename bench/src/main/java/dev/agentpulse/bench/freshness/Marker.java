package dev.agentpulse.bench.freshness;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** One row that the probe commits, and when its results were seen. Times are {@code System.nanoTime()}. */
public final class Marker {

    /** Stands for "not yet"; the clock's zero point is arbitrary, so 0 would be a time. */
    private static final long NEVER = Long.MIN_VALUE;

    private final String agent;
    private final String conversation;
    private final boolean slow;
    private final boolean counted;
    private final Map<Sight, AtomicLong> seenNanos = new EnumMap<>(Sight.class);
    private volatile long committedNanos = NEVER;

    /**
     * @param slow whether its latency calls for an alert
     * @param counted false during warm-up
     */
    Marker(String agent, String conversation, boolean slow, boolean counted) {
        this.agent = agent;
        this.conversation = conversation;
        this.slow = slow;
        this.counted = counted;
        for (Sight sight : Sight.values()) {
            seenNanos.put(sight, new AtomicLong(NEVER));
        }
    }

    String agent() {
        return agent;
    }

    String conversation() {
        return conversation;
    }

    boolean slow() {
        return slow;
    }

    boolean counted() {
        return counted;
    }

    long committedNanos() {
        return committedNanos;
    }

    void committed(long nanos) {
        committedNanos = nanos;
    }

    /** Only the first sight counts. */
    void seen(Sight sight, long nanos) {
        clock(sight).compareAndSet(NEVER, nanos);
    }

    boolean isSeen(Sight sight) {
        return clock(sight).get() != NEVER;
    }

    /** Whether this result is to be expected and has not come. */
    boolean lacks(Sight sight) {
        return (slow || !sight.isAlert()) && !isSeen(sight);
    }

    /** From the commit to the sight. What is seen before the client hears of its own commit is seen at once. */
    long delayNanos(Sight sight) {
        return Math.max(0, clock(sight).get() - committedNanos);
    }

    private AtomicLong clock(Sight sight) {
        return Objects.requireNonNull(seenNanos.get(sight), sight.title());
    }
}
