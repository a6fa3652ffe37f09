package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class SmoothedPropertiesTest {

    private static final int HALF_LIFE = 5;

    private record Row(long minute, int latency) {}

    @Property(tries = 200)
    void equalsTheSumOfWhatEachRowIsStillWorth(@ForAll long seed) {
        Random random = new Random(seed);
        Smoothed smoothed = new Smoothed(HALF_LIFE);
        List<Row> rows = new ArrayList<>();
        for (long minute = 0; minute < 100; minute++) {
            for (int i = random.nextInt(4); i > 0; i--) {
                Row row = new Row(minute - random.nextInt((int) minute + 1), random.nextInt(1000));
                rows.add(row);
                smoothed.add(minute - row.minute(), 1, 1, row.latency());
            }
            if (!rows.isEmpty() && random.nextInt(3) == 0) {
                Row row = rows.remove(random.nextInt(rows.size()));
                smoothed.add(minute - row.minute(), -1, -1, -row.latency());
            }
            long now = minute;
            double count =
                    rows.stream().mapToDouble(row -> worth(now - row.minute())).sum();
            double sum = rows.stream()
                    .mapToDouble(row -> worth(now - row.minute()) * row.latency())
                    .sum();
            double weight = LongStream.rangeClosed(0, now)
                    .mapToDouble(age -> worth(age))
                    .sum();
            assertThat(smoothed.ratePerMinute(now + 1)).isCloseTo(count / weight, within(1e-9));
            assertThat(smoothed.hasAverage()).isEqualTo(count > 1e-3);
            if (count > 0.01) {
                assertThat(smoothed.average()).isCloseTo(sum / count, within(1e-6));
            }
            smoothed.fade(1);
        }
    }

    private static double worth(long age) {
        return Math.pow(2, -(double) age / HALF_LIFE);
    }

    @Example
    void aSteadyRateIsShownAsItIsFromTheFirstMinuteOnAndAnAverageStaysWhileNothingComes() {
        Smoothed smoothed = new Smoothed(HALF_LIFE);
        assertThat(smoothed.ratePerMinute(0)).isZero();
        for (int known = 1; known <= 500; known++) {
            smoothed.fade(1);
            smoothed.add(0, 7, 7, 7 * 120);
            assertThat(smoothed.ratePerMinute(known)).isCloseTo(7, within(1e-9));
        }
        smoothed.fade(30);
        assertThat(smoothed.average()).isCloseTo(120, within(1e-9));
        assertThat(smoothed.ratePerMinute(530)).isCloseTo(7.0 / 64, within(1e-9));
    }

    @Example
    void partsOfMinutesAheadAreAsMuchInEachOfThem() {
        Smoothed ahead = new Smoothed(HALF_LIFE);
        ahead.addAhead(15, 30, 15, 4500);
        ahead.fade(15);
        Smoothed byMinute = new Smoothed(HALF_LIFE);
        for (int minute = 0; minute < 15; minute++) {
            byMinute.fade(1);
            byMinute.add(0, 2, 1, 300);
        }
        assertThat(ahead.ratePerMinute(15)).isCloseTo(byMinute.ratePerMinute(15), within(1e-9));
        assertThat(ahead.average()).isCloseTo(byMinute.average(), within(1e-9));
    }
}
