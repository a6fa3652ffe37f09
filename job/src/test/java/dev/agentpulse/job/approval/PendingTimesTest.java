package dev.agentpulse.job.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Enough times for many chunks, against a sorted array. */
class PendingTimesTest {

    private static final long YEAR_9999 = 253_402_300_799_999_999L;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void countsSumsAndRanksEqualThoseOfASortedArray(long seed) {
        Random random = new Random(seed);
        PendingTimes times = new PendingTimes();
        long[] expected = new long[0];
        for (int round = 0; round < 40; round++) {
            long[] more = more(random);
            for (long time : more) {
                times.add(time);
            }
            expected = merged(expected, more);
            int removed = random.nextInt(expected.length);
            boolean fromTheFront = random.nextBoolean();
            for (int i = 0; i < removed; i++) {
                int place = fromTheFront ? i : expected.length - 1 - i;
                assertThat(times.remove(expected[place])).isTrue();
            }
            expected = fromTheFront
                    ? Arrays.copyOfRange(expected, removed, expected.length)
                    : Arrays.copyOf(expected, expected.length - removed);
            assertSame(times, expected, random, seed);
        }
        times.clear();
        assertThat(times.size()).isZero();
        assertThat(times.countUntil(Long.MAX_VALUE)).isZero();
        assertThat(times.remove(7)).isFalse();
    }

    /** In order, in one instant, anywhere, or as far apart as Postgres allows. */
    private static long[] more(Random random) {
        int count = random.nextInt(4 * PendingTimes.CHUNK);
        int kind = random.nextInt(4);
        long base = random.nextInt(1_000_000);
        return random.longs(count)
                .map(any -> switch (kind) {
                    case 0 -> base + Math.floorMod(any, 50);
                    case 1 -> base;
                    case 2 -> Math.floorMod(any, 2_000_000);
                    default -> (any & 1) == 0 ? YEAR_9999 : -YEAR_9999 / 4;
                })
                .toArray();
    }

    private static long[] merged(long[] some, long[] others) {
        long[] all = Arrays.copyOf(some, some.length + others.length);
        System.arraycopy(others, 0, all, some.length, others.length);
        Arrays.sort(all);
        return all;
    }

    private static void assertSame(PendingTimes times, long[] expected, Random random, long seed) {
        assertThat(times.size()).as("seed %s", seed).isEqualTo(expected.length);
        for (int i = 0; i < 20; i++) {
            long time = random.nextInt(2_000_000);
            int count =
                    (int) Arrays.stream(expected).filter(each -> each <= time).count();
            assertThat(times.countUntil(time)).as("seed %s", seed).isEqualTo(count);
            BigInteger sum = Arrays.stream(expected, 0, count)
                    .mapToObj(BigInteger::valueOf)
                    .reduce(BigInteger.ZERO, BigInteger::add);
            assertThat(times.sumUntil(time)).as("seed %s", seed).isEqualTo(sum);
            if (expected.length > 0) {
                int rank = random.nextInt(expected.length);
                assertThat(times.at(rank)).as("seed %s", seed).isEqualTo(expected[rank]);
            }
        }
        assertThat(times.remove(-77)).isFalse();
    }
}
