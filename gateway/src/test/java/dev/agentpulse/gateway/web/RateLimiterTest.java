package dev.agentpulse.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimiterTest {

    private static final long SECOND = 1_000_000_000L;

    private final RateLimiter limiter = new RateLimiter(10);

    @Test
    void takesTwoSecondsWorthAtOnceThenSoManyASecond() {
        assertThat(taken("a", 100, 0)).isEqualTo(20);
        assertThat(taken("a", 100, SECOND)).isEqualTo(10);
        assertThat(taken("a", 100, SECOND + SECOND / 2)).isEqualTo(5);
    }

    @Test
    void restsNoLongerThanItHolds() {
        taken("a", 100, 0);

        assertThat(taken("a", 100, 3_600 * SECOND)).isEqualTo(20);
    }

    @Test
    void oneWhoFloodsIsNoMatterOfOthers() {
        taken("a", 100, 0);

        assertThat(taken("b", 5, 0)).isEqualTo(5);
    }

    private long taken(String key, int times, long now) {
        return IntStream.range(0, times).filter(i -> limiter.take(key, now)).count();
    }
}
