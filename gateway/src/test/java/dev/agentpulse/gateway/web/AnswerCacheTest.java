package dev.agentpulse.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentpulse.gateway.protocol.LiveFeed;
import dev.agentpulse.gateway.protocol.Tick;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {

    private static final RenderedAnswer ANSWER =
            new RenderedAnswer(Tick.NONE, 200, "application/json", "*/*", "\"1\"", Buffer.buffer("[]"), null);

    private static final int MOST_BYTES = 10_000;

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private Instant lookedAt = now;
    private long version = 1;
    private final List<Promise<RenderedAnswer>> reads = new ArrayList<>();
    private final AnswerCache cache = new AnswerCache(feed(), clock(), MOST_BYTES, new Metrics());

    @Test
    void keepsAnAnswerUntilTheFeedSeesSomethingNew() {
        ask();
        answer();
        ask();
        assertThat(reads).hasSize(1);

        version++;
        ask();
        assertThat(reads).hasSize(2);
    }

    @Test
    void noAnswerOutlivesItsSecondThoughTheFeedSeesNothingNew() {
        ask();
        answer();

        now = now.plusMillis(1_001);
        lookedAt = now;
        ask();

        assertThat(reads).hasSize(2);
    }

    @Test
    void manyShortAnswersFillItToo() {
        ask();
        answer();
        for (int other = 0; other < MOST_BYTES / 1_024 + 1; other++) {
            var ignored = cache.get("another question " + other, () -> Future.succeededFuture(ANSWER));
        }

        ask();

        assertThat(reads).hasSize(2);
    }

    @Test
    void sharesAQuestionOnItsWayThoughTheFeedHasNotLookedLately() {
        lookedAt = now.minusSeconds(10);

        Future<RenderedAnswer> first = ask();
        Future<RenderedAnswer> second = ask();
        answer();

        assertThat(reads).hasSize(1);
        assertThat(first.result()).isSameAs(second.result());
    }

    @Test
    void keepsNoAnswerWhileTheFeedHasNotLookedLately() {
        lookedAt = now.minusSeconds(10);
        ask();
        answer();

        ask();

        assertThat(reads).hasSize(2);
    }

    @Test
    void aQuestionThatHangsKeepsNobodyElseWaiting() {
        lookedAt = now.minusSeconds(10);
        ask();
        now = now.plus(Duration.ofSeconds(1));

        Future<RenderedAnswer> second = ask();
        answer();

        assertThat(reads).hasSize(2);
        assertThat(second.isComplete()).isTrue();
    }

    private Future<RenderedAnswer> ask() {
        return cache.get("the same question", () -> {
            Promise<RenderedAnswer> read = Promise.promise();
            reads.add(read);
            return read.future();
        });
    }

    private void answer() {
        reads.get(reads.size() - 1).complete(ANSWER);
    }

    /** A feed of which only the version and the time of its last look are asked. */
    private LiveFeed feed() {
        return (LiveFeed) Proxy.newProxyInstance(
                LiveFeed.class.getClassLoader(),
                new Class<?>[] {LiveFeed.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "version" -> version;
                    case "lastReadAt" -> lookedAt;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }
}
