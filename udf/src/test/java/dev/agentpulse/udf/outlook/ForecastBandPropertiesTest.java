package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agentpulse.udf.outlook.AgentOutlook.Measure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ForecastBandPropertiesTest {

    private static final double ROUNDING = 1e-3;
    private static final double MILLIS_OF_A_SLOT = 900_000;

    @Provide
    Arbitrary<Integer> horizons() {
        return Arbitraries.of(1, 2, 6, 7, 24, 30, 48);
    }

    /** Steady, scattering, climbing and empty spells follow each other; forecasts are near what was last, or anything. */
    @Property(tries = 10)
    void equalsTheDefinitionOverListsOfAllThatWasForecastAndCame(@ForAll @From("horizons") int hours, @ForAll long seed)
            throws IOException {
        Random random = new Random(seed);
        ForecastBand band = new ForecastBand(hours);
        NaiveBand naive = new NaiveBand(hours);
        double value = 100;
        int kind = 0;
        for (int step = 0; step < 300; step++) {
            kind = random.nextInt(40) == 0 ? random.nextInt(4) : kind;
            value = switch (kind) {
                case 0 -> value;
                case 1 -> 100 + random.nextGaussian() * 30;
                case 2 -> value + random.nextInt(step + 1);
                default -> 0;
            };
            double[] expected = new double[hours];
            for (int i = 0; i < hours; i++) {
                expected[i] = random.nextInt(50) == 0 ? random.nextInt(300) : value + random.nextInt(3) - 1;
            }
            band.step(value, expected);
            naive.step(value, expected);
            if (random.nextInt(30) == 0) {
                band = stored(band, hours);
            }
            for (int hour : new int[] {1, Math.min(hours, 2), Math.min(hours, 7), hours}) {
                assertSame(band, naive, hour);
            }
        }
    }

    private static void assertSame(ForecastBand band, NaiveBand naive, int hour) {
        assertThat(band.isKnown(hour)).isEqualTo(naive.isKnown(hour));
        if (naive.isKnown(hour)) {
            for (double forecast : new double[] {0, 1000}) {
                assertThat(band.low(forecast, hour)).isCloseTo(naive.low(forecast, hour), within(ROUNDING));
                assertThat(band.high(forecast, hour)).isCloseTo(naive.high(forecast, hour), within(ROUNDING));
            }
        }
    }

    private static ForecastBand stored(ForecastBand band, int hours) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        band.encode(new DataOutputStream(bytes));
        return ForecastBand.decode(hours, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    }

    /** A band that each value misses comes to aim below never, one that none misses beyond always; then values scatter. */
    @Example
    void goesOnByTheDefinitionWhereTheLevelIsOutOfItsRange() {
        Random random = new Random(3);
        for (boolean missed : new boolean[] {true, false}) {
            ForecastBand band = new ForecastBand(1);
            NaiveBand naive = new NaiveBand(1);
            int until = missed ? 60 : 300;
            for (int step = 0; step < until + 30; step++) {
                if (step == until) {
                    assertThat(naive.level(0)).matches(missed ? level -> level < 0 : level -> level > 1);
                }
                double value = step >= until ? random.nextInt(500) : missed ? 5 * step * step : 100;
                band.step(value, new double[] {0});
                naive.step(value, new double[] {0});
                assertSame(band, naive, 1);
            }
        }
    }

    /** An agent's slots are told to its bands at the ends of hours, from when it has asked enough. */
    @Property(tries = 8)
    void bandsOfAnAgentAreOfTheHoursOfItsSlots(@ForAll long seed) {
        Random random = new Random(seed);
        int slots = 40 + random.nextInt(1600);
        long first = 1_900_000L + random.nextInt(4);
        AgentOutlook outlook = new AgentOutlook(first, SlotCalendar.UTC);
        List<Double> counts = new ArrayList<>();
        List<Double> loads = new ArrayList<>();
        NaiveBand countBand = new NaiveBand(24);
        NaiveBand loadBand = new NaiveBand(24);
        boolean busy = false;
        for (int i = 0; i < slots; i++) {
            int count = random.nextInt(1 + i % 96);
            int latencyMs = count * random.nextInt(5000);
            outlook.addPast(first + i, new QueryParts(count, count, latencyMs, 0, 0, 0));
            counts.add((double) count);
            loads.add(latencyMs / MILLIS_OF_A_SLOT);
            boolean isHour = (first + i + 1) % 4 == 0;
            busy |= isHour && counts.stream().mapToDouble(all -> all).sum() >= 100;
            if (busy && isHour) {
                step(countBand, counts);
                step(loadBand, loads);
            }
        }
        outlook.endPast(first + slots);
        assertSame(outlook.forecast(Measure.QUERY_COUNT), countBand);
        assertSame(outlook.forecast(Measure.CONCURRENCY), loadBand);
    }

    private static void step(NaiveBand band, List<Double> slots) {
        double[] past = lastFifteenDays(slots);
        double[] expected = new SeasonalForecast(4).expected(past, 96);
        double[] hourly = new double[24];
        Arrays.setAll(hourly, hour -> expected[4 * hour + 3]);
        band.step(past[past.length - 1], hourly);
    }

    private static double[] lastFifteenDays(List<Double> slots) {
        return slots.stream()
                .skip(Math.max(0, slots.size() - SlotSeries.MOST_CLOSED))
                .mapToDouble(slot -> slot)
                .toArray();
    }

    private static void assertSame(DayForecast forecast, NaiveBand band) {
        assertThat(forecast.low() != null).isEqualTo(band.isKnown(24));
        if (band.isKnown(24)) {
            double[] low = Objects.requireNonNull(forecast.low());
            double[] high = Objects.requireNonNull(forecast.high());
            for (int slot = 0; slot < 96; slot++) {
                double expected = forecast.expected()[slot];
                assertThat(low[slot]).isCloseTo(band.low(expected, slot / 4 + 1), within(ROUNDING));
                assertThat(high[slot]).isCloseTo(band.high(expected, slot / 4 + 1), within(ROUNDING));
            }
        }
    }
}
