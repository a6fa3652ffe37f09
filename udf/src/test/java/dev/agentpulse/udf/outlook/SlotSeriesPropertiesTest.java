package dev.agentpulse.udf.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class SlotSeriesPropertiesTest {

    private static final long FIRST = 1_900_000;

    @Property(tries = 100)
    void holdsWhatAMapWouldOfTheLastTwoWeeks(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        SlotSeries series = new SlotSeries(FIRST, SlotCalendar.UTC);
        Map<Long, long[]> naive = new HashMap<>();
        long open = FIRST;
        for (int i = 0; i < 400; i++) {
            open += random.nextInt(5) == 0 ? random.nextInt(random.nextInt(20) == 0 ? 3000 : 40) : 0;
            series.openUntil(open);
            long oldest = Math.max(FIRST, open - SlotSeries.MOST_CLOSED);
            naive.keySet().removeIf(slot -> slot < oldest);
            long slot = open - random.nextInt(1600) + random.nextInt(3);
            boolean known = slot >= oldest && slot <= open;
            assertThat(series.add(slot, 1, i)).isEqualTo(known);
            if (known) {
                long[] sums = naive.computeIfAbsent(slot, s -> new long[2]);
                sums[0]++;
                sums[1] += i;
            }
            if (random.nextInt(50) == 0) {
                series = stored(series);
            }
        }
        long last = open;
        long oldest = Math.max(FIRST, last - SlotSeries.MOST_CLOSED);
        assertThat(series.first()).isEqualTo(oldest);
        double[] counts = series.closedCounts();
        double[] sums = series.closedSums(1);
        assertThat(counts).hasSize((int) (last - oldest));
        for (int i = 0; i < counts.length; i++) {
            long[] expected = naive.getOrDefault(oldest + i, new long[2]);
            assertThat(counts[i]).isEqualTo((double) expected[0]);
            assertThat(sums[i]).isEqualTo((double) expected[1]);
        }
        for (int slots : new int[] {1, 2, 50, 3000}) {
            long from = last - random.nextInt(60);
            assertThat(series.isEmpty(from, slots)).isEqualTo(series.count(from, slots) == 0);
        }
        assertThat(series.count(last - 95, 96))
                .isEqualTo(naive.entrySet().stream()
                        .filter(entry -> entry.getKey() > last - 96)
                        .mapToLong(entry -> entry.getValue()[0])
                        .sum());
    }

    private static SlotSeries stored(SlotSeries series) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        series.encode(new DataOutputStream(bytes));
        assertThat(bytes.size()).isLessThan(18_000);
        return SlotSeries.decode(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), SlotCalendar.UTC);
    }
}
