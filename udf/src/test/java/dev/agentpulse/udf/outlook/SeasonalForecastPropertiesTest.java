package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agentpulse.udf.outlook.SeasonalForecast.Basis;
import dev.agentpulse.udf.outlook.SeasonalForecast.SameTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SeasonalForecastPropertiesTest {

    private static final double ROUNDING = 1e-6;

    @Property(tries = 200)
    void equalsTheFormulaWrittenDown(
            @ForAll @IntRange(min = 1, max = 4) int slotsPerHour,
            @ForAll @IntRange(min = 0, max = 1600) int known,
            @ForAll long seed) {
        Random random = new Random(seed);
        double[] past = random.doubles(known, 0, 100).toArray();
        SeasonalForecast forecast = new SeasonalForecast(slotsPerHour);
        double[] expected = forecast.expected(past, 24 * slotsPerHour);
        for (int h = 1; h <= expected.length; h++) {
            double e = forecast.basis(known) == Basis.LEVEL
                    ? 0
                    : past[known - 1] - naive(past, known - 1, 1, slotsPerHour, forecast.basis(known));
            double f = naive(past, known, h, slotsPerHour, forecast.basis(known))
                    + Math.pow(0.8, (double) h / slotsPerHour) * e;
            assertThat(expected[h - 1]).isCloseTo(Math.max(0, f), within(ROUNDING));
        }
    }

    private static double naive(double[] x, int n, int h, int slotsPerHour, Basis basis) {
        int day = 24 * slotsPerHour;
        if (basis == Basis.LEVEL) {
            double weighted = 0;
            double weights = 0;
            for (int age = 1; age <= n; age++) {
                double weight = Math.pow(0.5, (double) age / slotsPerHour);
                weighted += weight * x[n - age];
                weights += weight;
            }
            return weights == 0 ? 0 : weighted / weights;
        }
        double yesterday = x[n - 1 + h - day];
        if (basis == Basis.YESTERDAY) {
            return yesterday;
        }
        double weeks = 0;
        for (int k = 1; k <= 2; k++) {
            int back = k * 7 * day;
            weeks += x[n - 1 + h - back] + mean(x, n - day, n) - mean(x, n - day - back, n - back);
        }
        return 0.5 * yesterday + 0.5 * weeks / 2;
    }

    private static double mean(double[] x, int from, int to) {
        return Arrays.stream(x, from, to).average().orElseThrow();
    }

    /** Around the clock changes of a zone: some of what is asked for is not known, or still to come. */
    @Property(tries = 200)
    void equalsTheFormulaOfLocalTimeWrittenDown(
            @ForAll @IntRange(min = 97, max = 1600) int known,
            @ForAll @IntRange(min = -200, max = 1500) int sinceChange,
            @ForAll @IntRange(max = 5) int change,
            @ForAll long seed) {
        double[] past = new Random(seed).doubles(known, 0, 100).toArray();
        Object[] zoneAndSlot = LocalTimes.changes().toList().get(change).get();
        SlotCalendar calendar = new SlotCalendar(ZoneId.of((String) zoneAndSlot[0]));
        long first = (long) zoneAndSlot[1] + sinceChange - known;
        SameTime local = (slot, days) -> calendar.daysAgo(first + slot, days) - first;
        SeasonalForecast forecast = new SeasonalForecast(4);
        double[] expected = forecast.expected(past, 96, local);
        Basis basis = forecast.basis(known);
        double e = past[known - 1] - naive(past, known - 1, 0, local, basis);
        for (int i = 0; i < 96; i++) {
            double f = naive(past, known, i, local, basis) + Math.pow(0.8, (i + 1) / 4.0) * e;
            assertThat(expected[i]).isCloseTo(Math.max(0, f), within(ROUNDING));
        }
    }

    private static double naive(double[] x, int n, int i, SameTime local, Basis basis) {
        double yesterday = x[before(n + i, 1, n, local)];
        if (basis == Basis.YESTERDAY) {
            return yesterday;
        }
        double weeks = 0;
        for (int k = 1; k <= 2; k++) {
            int days = 7 * k;
            weeks += x[before(n + i, days, n, local)]
                    + IntStream.range(n - 96, n)
                            .filter(slot -> local.daysAgo(slot, days) >= 0)
                            .mapToDouble(slot -> x[slot] - x[(int) local.daysAgo(slot, days)])
                            .average()
                            .orElseThrow();
        }
        return 0.5 * yesterday + 0.5 * weeks / 2;
    }

    private static int before(int slot, int days, int n, SameTime local) {
        int before = (int) local.daysAgo(slot, days);
        return before < 0 || before >= n ? slot - 96 * days : before;
    }

    @Example
    void aSeriesThatRepeatsItselfIsForecastExactly() {
        double[] past = IntStream.range(0, 16 * 24).mapToDouble(i -> i % 24).toArray();
        assertThat(new SeasonalForecast(1).expected(past, 24))
                .isEqualTo(IntStream.range(0, 24).mapToDouble(i -> i).toArray());
    }

    @Example
    void namesWhatItRestsOn() {
        SeasonalForecast forecast = new SeasonalForecast(4);
        assertThat(forecast.basis(0)).isEqualTo(Basis.LEVEL);
        assertThat(forecast.basis(96)).isEqualTo(Basis.LEVEL);
        assertThat(forecast.basis(97)).isEqualTo(Basis.YESTERDAY);
        assertThat(forecast.basis(1440)).isEqualTo(Basis.YESTERDAY);
        assertThat(forecast.basis(1441)).isEqualTo(Basis.TWO_WEEKS);
        assertThat(forecast.expected(new double[0], 2)).containsExactly(0, 0);
    }
}
