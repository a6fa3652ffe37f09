package dev.agentpulse.gateway.web;

import java.util.LinkedHashMap;
import java.util.Map;

/** A token bucket a key. A bucket holds two seconds' worth; one that is full again is forgotten. */
final class RateLimiter {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final int MOST_BUCKETS = 50_000;

    private final double perSecond;
    private final double capacity;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Bucket {
        private double tokens;
        private long filledNanos;
    }

    RateLimiter(int perSecond) {
        this.perSecond = perSecond;
        this.capacity = 2.0 * perSecond;
    }

    boolean take(String key, long nowNanos) {
        Bucket bucket = buckets.computeIfAbsent(key, absent -> {
            Bucket made = new Bucket();
            made.tokens = capacity;
            made.filledNanos = nowNanos;
            return made;
        });
        double gained = (nowNanos - bucket.filledNanos) / NANOS_PER_SECOND * perSecond;
        bucket.tokens = Math.min(capacity, bucket.tokens + gained);
        bucket.filledNanos = nowNanos;
        if (buckets.size() > MOST_BUCKETS) {
            buckets.remove(buckets.keySet().iterator().next());
        }
        if (bucket.tokens < 1) {
            return false;
        }
        bucket.tokens -= 1;
        return true;
    }
}
