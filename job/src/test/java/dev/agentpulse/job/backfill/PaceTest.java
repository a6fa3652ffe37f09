package dev.agentpulse.job.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong clock = new AtomicLong(-5);
    private final Pace pace =
            new Pace(10_000, clock::get, millis -> clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis)));

    @Test
    void aFastReaderIsHeldBack() throws InterruptedException {
        read(50_000);

        assertThat(clock.get()).isBetween(5 * SECOND - SECOND / 10, 5 * SECOND);
    }

    @Test
    void aSlowReaderIsNot() throws InterruptedException {
        for (int n = 0; n < 100; n++) {
            read(50);
            clock.addAndGet(SECOND / 100);
        }

        assertThat(clock.get()).isEqualTo(SECOND - 5);
    }

    @Test
    void timeThatWasNotUsedIsMadeUpForByASecondAtMost() throws InterruptedException {
        clock.addAndGet(100 * SECOND);
        read(30_000);

        assertThat(clock.get()).isBetween(102 * SECOND - SECOND / 10, 102 * SECOND);
    }

    private void read(int rows) throws InterruptedException {
        for (int n = 0; n < rows; n++) {
            pace.row();
        }
    }
}
