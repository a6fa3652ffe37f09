package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agentpulse.udf.outlook.LocalTimes;
import dev.agentpulse.udf.outlook.SlotCalendar;
import java.time.ZoneId;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class DetectorsPropertiesTest {

    private static final long MINUTE = 60 * 1_000_000L;

    @Property(tries = 100)
    void whatIsExpectedIsTheSumOfSlotsByTheirDistance(
            @ForAll @Size(value = 40) List<@IntRange(max = 1000) Integer> counts,
            @ForAll @IntRange(min = 8 * 30, max = 30 * 30) int halfMinutes,
            @ForAll @IntRange(min = 1, max = 2) int week) {
        Slots slots = slots(counts, 0);
        long end = halfMinutes * MINUTE / 2 + (long) week * Slots.WEEK * Slots.SLOT_MICROS;
        double five = new WeeklyProfile(slots, week).expected(end, 5 * MINUTE);
        assertThat(five).isCloseTo(naive(counts, halfMinutes / 2.0 - 2.5) / 3, within(1e-6));
        double naiveHour = 0;
        for (int quarter = 0; quarter < 4; quarter++) {
            naiveHour += naive(counts, halfMinutes / 2.0 - 15 * quarter - 7.5);
        }
        double hour = new WeeklyProfile(slots, week).expected(end, 60 * MINUTE);
        assertThat(hour).isCloseTo(naiveHour, within(1e-6));
    }

    /** The rate at a minute: every slot by how near its middle is, up to half an hour. */
    private static double naive(List<Integer> counts, double minute) {
        double sum = 0;
        double weights = 0;
        for (int slot = 1; slot <= counts.size(); slot++) {
            double weight = Math.max(0, 30 - Math.abs(slot * 15 - 7.5 - minute));
            sum += weight * counts.get(slot - 1);
            weights += weight;
        }
        return sum / weights;
    }

    @Property(tries = 50)
    void noiseIsTheMedianOfTheLastSevenDays(
            @ForAll @Size(max = 60) List<@LongRange(min = 1, max = 60) Long> distances,
            @ForAll @DoubleRange(min = -20, max = 20) double first) {
        Dispersion dispersion = new Dispersion();
        NaiveNoise naive = new NaiveNoise();
        long slot = 10_000;
        double z = first;
        for (long distance : distances) {
            slot += distance;
            z = -z * 1.1 + 0.25;
            z = Math.abs(z) > 60 ? 0.5 : z;
            dispersion.add(slot, z, slots(List.of(), 0));
            naive.add(slot, z);
            assertThat(dispersion.isKnown()).isEqualTo(naive.isKnown());
            assertThat(dispersion.isKnownOfADay()).isEqualTo(naive.isKnownOfADay());
            assertThat(dispersion.factor()).isCloseTo(naive.factor(), within(1e-9));
        }
    }

    /** The same, where clocks change on the way. */
    @Property(tries = 50)
    void noiseOfTheSameTimeIsThatOfTheLocalTime(
            @ForAll @Size(value = 150) List<@LongRange(min = 1, max = 12) Long> distances,
            @ForAll @IntRange(max = 5) int change) {
        Object[] zoneAndSlot = LocalTimes.changes().toList().get(change).get();
        LocalSlots local = new LocalSlots(ZoneId.of((String) zoneAndSlot[0]), slot -> 0);
        Dispersion dispersion = new Dispersion();
        TreeMap<Long, Double> all = new TreeMap<>();
        long slot = (long) zoneAndSlot[1] - 200;
        for (long distance : distances) {
            slot += distance;
            long now = slot;
            // The same time of each day scatters more than the rest, and its hours not alike.
            double z = now % 96 < 30 ? 2 + now % 7 : 0.5;
            dispersion.add(now, z, local);
            all.put(now, z);
            all.headMap(now - Slots.WEEK, true).clear();
            List<Double> sameTime = all.entrySet().stream()
                    .filter(sample -> IntStream.rangeClosed(0, 7)
                            .mapToLong(days -> days == 0 ? now : local.daysAgo(now, days))
                            .anyMatch(then -> Math.abs(then - sample.getKey()) <= 8))
                    .map(sample -> sample.getValue())
                    .toList();
            double expected =
                    Math.max(1, 1.4826 * Math.max(NaiveNoise.median(all.values()), NaiveNoise.median(sameTime)));
            assertThat(dispersion.factor()).isCloseTo(expected, within(1e-9));
        }
    }

    private static Slots slots(List<Integer> counts, long first) {
        return new LocalSlots(SlotCalendar.UTC, first, start -> counts.get((int) start));
    }
}
