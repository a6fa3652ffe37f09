package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.LiveFeed;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Answers by tick. The same question in the same tick is asked of the database once, however many ask; a question that is
 * on its way is shared too. An answer holds as long as the feed has seen nothing new and has looked just now: so nothing
 * gets older by the cache.
 */
final class AnswerCache {

    private static final Duration LOOKED_JUST_NOW = Duration.ofMillis(150);

    private final LiveFeed feed;
    private final Clock clock;
    private final int mostBytes;
    private final LongAdder hits;
    private final LongAdder misses;
    private final Map<String, Future<RenderedAnswer>> answers = new LinkedHashMap<>();
    private long version = -1;
    private long bytes;

    AnswerCache(LiveFeed feed, Clock clock, int mostBytes, Metrics metrics) {
        this.feed = feed;
        this.clock = clock;
        this.mostBytes = mostBytes;
        this.hits = metrics.counter("cache_hits_total", "REST answers that needed no read of the database");
        this.misses = metrics.counter("cache_misses_total", "REST answers that did");
    }

    Future<RenderedAnswer> get(String key, Supplier<Future<RenderedAnswer>> read) {
        if (feed.lastReadAt().plus(LOOKED_JUST_NOW).isBefore(clock.instant())) {
            misses.increment();
            return read.get();
        }
        if (version != feed.version() || bytes > mostBytes) {
            answers.clear();
            bytes = 0;
            version = feed.version();
        }
        Future<RenderedAnswer> kept = answers.get(key);
        if (kept != null) {
            hits.increment();
            return kept;
        }
        misses.increment();
        Future<RenderedAnswer> answer = read.get();
        answers.put(key, answer);
        answer.onComplete(done -> {
            if (done.failed()) {
                answers.remove(key, answer);
            } else {
                bytes += done.result().bytes();
            }
        });
        return answer;
    }
}
