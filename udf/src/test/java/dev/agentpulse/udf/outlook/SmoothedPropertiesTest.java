package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
            assertThat(smoothed.ratePerMinute()).isCloseTo(count * (1 - Math.pow(2, -1.0 / HALF_LIFE)), within(1e-9));
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
    void aSteadyRateIsShownAsItIsAndAnAverageStaysWhileNothingComes() {
        Smoothed smoothed = new Smoothed(HALF_LIFE);
        for (int i = 0; i < 500; i++) {
            smoothed.fade(1);
            smoothed.add(0, 7, 7, 7 * 120);
        }
        assertThat(smoothed.ratePerMinute()).isCloseTo(7, within(1e-9));
        smoothed.fade(30);
        assertThat(smoothed.average()).isCloseTo(120, within(1e-9));
        assertThat(smoothed.ratePerMinute()).isCloseTo(7.0 / 64, within(1e-9));
    }
}
