package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agentpulse.udf.anomaly.AgentAnomalies.Measure;
import dev.agentpulse.udf.anomaly.RecentQueries.Part;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** What the rules find, against their definitions over the lists of all that was asked. */
class AnomalyRulesPropertiesTest {

    private static final long STEP = SimulatedAgent.STEP_MICROS;
    private static final int WEEK = SimulatedAgent.STEPS_A_WEEK;
    private static final int HOUR = SimulatedAgent.STEPS_AN_HOUR;
    private static final int JUDGED = 36 * HOUR;

    /** What is wrong with an agent for some time: how many times as many queries, how slow, and how many more are rejected and edited. */
    private record Trouble(int from, int to, double queries, double slower, double more) {}

    @Property(tries = 4)
    void equalTheirDefinitionsOverAllThatWasAsked(@ForAll long seed) {
        Random random = new Random(seed);
        int weeksKnown = random.nextInt(5);
        int start = 2 * WEEK + random.nextInt(WEEK - JUDGED);
        NaiveLog log = new NaiveLog();
        NaiveWeeks counts =
                new NaiveWeeks(new ArrayList<>(), weeksKnown == 0 ? (start + HOUR) / 30 - Slots.WEEK - 11 : 1);
        NaiveWeeks sums = new NaiveWeeks(new ArrayList<>(), counts.first());
        simulate(random, start, log, counts, sums);

        AgentAnomalies anomalies = new AgentAnomalies(start * STEP);
        for (Query query : log.queries(start - WEEK - 2 * HOUR, start)) {
            anomalies.add(query, 1);
        }
        NaiveVolume volume = new NaiveVolume(log, counts);
        NaiveLatency latency = new NaiveLatency(log, counts, sums);
        NaiveShare rejected = new NaiveShare(log, Part.REJECTED);
        NaiveShare edited = new NaiveShare(log, Part.EDITED);
        LatencyDetector.Past past = new LatencyDetector.Past(counts.slots(), sums.slots());
        Open open = new Open();
        for (int now = start + 1; now <= start + JUDGED; now++) {
            for (Query query : log.queries(now - 1, now)) {
                anomalies.add(query, 1);
            }
            if (random.nextInt(500) == 0) {
                anomalies = AgentAnomalies.decode(anomalies.encode());
            }
            anomalies.advanceTo(now * STEP, past, open);
            VolumeDetector.Found found = volume.next(now);
            latency.next(now);
            rejected.next(now);
            edited.next(now);
            assertSame(anomalies.volume(), found);
            assertThat(open.measures)
                    .as("%s", now - start)
                    .isEqualTo(Map.of(
                            Measure.VOLUME, volume.isOpen(),
                            Measure.LATENCY, latency.isOpen(),
                            Measure.REJECTED_RATE, rejected.isOpen(),
                            Measure.EDITED_RATE, edited.isOpen()));
        }
    }

    private static void simulate(Random random, int start, NaiveLog log, NaiveWeeks counts, NaiveWeeks sums) {
        SimulatedAgent agent = new SimulatedAgent(random.nextLong(), 2 + random.nextInt(8), random.nextBoolean(), 3);
        List<Trouble> troubles = troubles(random, start);
        double usual = 0.2 * random.nextDouble();
        double quarterCount = 0;
        double quarterSum = 0;
        for (int step = 0; step < start + JUDGED; step++) {
            double queries = 1;
            double slower = 1;
            double more = 0;
            for (Trouble trouble : troubles) {
                if (step >= trouble.from() && step < trouble.to()) {
                    queries *= trouble.queries();
                    slower *= trouble.slower();
                    more += trouble.more();
                }
            }
            List<Query> asked = new ArrayList<>();
            for (int i = 0; i < agent.counts()[step] * queries; i++) {
                int latencyMs = (int) (slower * 400 * Math.exp(random.nextGaussian() / 2));
                asked.add(new Query(
                        step * STEP + 1 + random.nextInt((int) STEP),
                        latencyMs,
                        random.nextBoolean() ? null : Boolean.valueOf(random.nextDouble() >= usual + more),
                        random.nextDouble() < usual / 10 + more / 2));
                quarterSum += latencyMs;
            }
            log.add(asked);
            quarterCount += asked.size();
            if (step % 30 == 29) {
                // Not whole, so that nothing is on a bound where rounding would decide.
                counts.quarters().add(quarterCount * (1 + random.nextDouble() / 1000));
                sums.quarters().add(quarterSum);
                quarterCount = 0;
                quarterSum = 0;
            }
        }
    }

    private static List<Trouble> troubles(Random random, int start) {
        List<Trouble> troubles = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int weeksAgo = i < 6 ? 0 : random.nextInt(3);
            int from = start + random.nextInt(JUDGED) - weeksAgo * WEEK;
            int to = from + random.nextInt(4 * HOUR);
            double size = random.nextDouble();
            troubles.add(
                    switch (random.nextInt(4)) {
                        case 0 -> new Trouble(from, to, 0, 1, 0);
                        case 1 -> new Trouble(from, to, 1 + 4 * size, 1, 0);
                        case 2 -> new Trouble(from, to, 1, 1 + 4 * size, 0);
                        default -> new Trouble(from, to, 1, 1, size);
                    });
        }
        return troubles;
    }

    private static void assertSame(VolumeDetector.@Nullable Found found, VolumeDetector.Found naive) {
        assertThat(found != null).isEqualTo(naive.known());
        if (naive.known()) {
            assertSame(Objects.requireNonNull(found).fiveMinutes(), naive.fiveMinutes());
            assertSame(found.hour(), naive.hour());
        }
    }

    private static void assertSame(Deviation deviation, Deviation naive) {
        assertThat(deviation.expected()).isCloseTo(naive.expected(), within(1e-6));
        assertThat(deviation.actual()).isEqualTo(naive.actual());
        assertThat(deviation.noise()).isCloseTo(naive.noise(), within(1e-6));
        assertThat(deviation.z()).isCloseTo(naive.z(), within(1e-6));
        assertThat(deviation.large()).isEqualTo(naive.large());
    }

    /** Which incidents are open. */
    private static final class Open implements AgentAnomalies.Listener {
        final Map<Measure, Boolean> measures = new EnumMap<>(Measure.class);

        Open() {
            for (Measure measure : Measure.values()) {
                measures.put(measure, false);
            }
        }

        @Override
        public void opened(Measure measure, long timeMicros, VolumeDetector.Found found) {
            measures.put(measure, true);
        }

        @Override
        public void closed(Measure measure, long openedAtMicros, long timeMicros) {
            measures.put(measure, false);
        }
    }
}
