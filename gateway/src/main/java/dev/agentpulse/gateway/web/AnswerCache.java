package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.LiveFeed;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Answers by tick. The same question in the same tick is asked of the database once, however many ask; a question that is
 * on its way is shared too. An answer holds as long as the feed has seen nothing new and has looked just now: so nothing
 * gets older by the cache. It ends with its second in any case, for rights may end without a tick. While the feed has not
 * looked just now no answer is kept, but a question that went out just now is shared all the same: many pages that open at
 * once cost what one costs.
 */
final class AnswerCache {

    private static final Duration LOOKED_JUST_NOW = Duration.ofMillis(150);
    private static final Duration KEPT = Duration.ofSeconds(1);
    /** What an entry takes besides its key and body, roughly. */
    private static final int ENTRY_BYTES = 1_024;

    private final LiveFeed feed;
    private final Clock clock;
    private final int mostBytes;
    private final LongAdder hits;
    private final LongAdder misses;
    private final Map<String, Asked> answers = new LinkedHashMap<>();
    private long version = -1;
    /** When the first of these answers was asked for. */
    private Instant begun = Instant.EPOCH;

    private long bytes;

    AnswerCache(LiveFeed feed, Clock clock, int mostBytes, Metrics metrics) {
        this.feed = feed;
        this.clock = clock;
        this.mostBytes = mostBytes;
        this.hits = metrics.counter("cache_hits_total", "REST answers that needed no read of the database");
        this.misses = metrics.counter("cache_misses_total", "REST answers that did");
    }

    private record Asked(Instant at, Future<RenderedAnswer> answer) {}

    Future<RenderedAnswer> get(String key, Supplier<Future<RenderedAnswer>> read) {
        Instant now = clock.instant();
        if (version != feed.version() || bytes > mostBytes || isOver(now)) {
            answers.clear();
            bytes = 0;
            version = feed.version();
            begun = now;
        }
        Instant justNow = now.minus(LOOKED_JUST_NOW);
        boolean fresh = !feed.lastReadAt().isBefore(justNow);
        Asked kept = answers.get(key);
        // One that hangs on a dead connection must not keep others waiting for long.
        if (kept != null && (fresh || (!kept.answer().isComplete() && !kept.at().isBefore(justNow)))) {
            hits.increment();
            return kept.answer();
        }
        misses.increment();
        Asked asked = new Asked(now, read.get());
        answers.put(key, asked);
        return asked.answer().onComplete(done -> {
            if (done.failed() || !fresh) {
                answers.remove(key, asked);
            } else if (asked.equals(answers.get(key))) {
                bytes += ENTRY_BYTES + key.length() + done.result().bytes();
            }
        });
    }

    /** Also where the clock was set back meanwhile. */
    private boolean isOver(Instant now) {
        return Duration.between(begun, now).abs().compareTo(KEPT) > 0;
    }
}
