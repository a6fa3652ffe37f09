package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class AgentAnomaliesPropertiesTest {

    private static final long STEP = RecentQueries.STEP_MICROS;
    private static final long START = 2_000_000 * STEP;
    private static final int DAY = 24 * 120;

    @Property(tries = 60)
    void sumsAreThoseOfTheRowsThatAreLeft(@ForAll Random random) throws Exception {
        RecentQueries recent = new RecentQueries(START);
        List<Query> rows = new ArrayList<>();
        long step = START / STEP;
        for (int turn = 0; turn < 120; turn++) {
            if (random.nextInt(3) == 0) {
                step += random.nextInt(30) == 0 ? random.nextInt(1000) : random.nextInt(20);
                recent.advanceTo(step);
            }
            if (!rows.isEmpty() && random.nextInt(4) == 0) {
                recent.add(rows.remove(random.nextInt(rows.size())), -1);
            } else {
                Query row = row(random, step);
                rows.add(row);
                recent.add(row, 1);
            }
            long now = step;
            for (int[] span : new int[][] {{0, 10}, {0, 120}, {20, 120}, {140, 120}}) {
                List<Query> within = rows.stream()
                        .filter(row -> row.timeMicros() > (now - span[0] - span[1]) * STEP
                                && row.timeMicros() <= (now - span[0]) * STEP)
                        .toList();
                assertSums(recent, now - span[0], span[1], within);
            }
            long hourStart = Math.floorDiv(now + 9, 120L) - 168;
            assertThat(recent.sumOfSevenDays(RecentQueries.Part.REVIEWED))
                    .isEqualTo(rows.stream()
                            .filter(row -> row.approved() != null && row.timeMicros() > hourStart * 120 * STEP)
                            .filter(row -> row.timeMicros() <= (now + 10) * STEP)
                            .count());
        }
    }

    private static void assertSums(RecentQueries recent, long last, int steps, List<Query> within) {
        List<Long> latencies = within.stream()
                .filter(row -> row.latencyMs() != null)
                .map(row -> (long) row.latencyMs())
                .toList();
        assertThat(recent.sum(RecentQueries.Part.COUNT, last, steps)).isEqualTo(within.size());
        assertThat(recent.sum(RecentQueries.Part.TIMED, last, steps)).isEqualTo(latencies.size());
        assertThat(recent.sum(RecentQueries.Part.LATENCY, last, steps))
                .isEqualTo(latencies.stream().mapToLong(ms -> ms).sum());
        assertThat(recent.sum(RecentQueries.Part.LATENCY_SQUARES, last, steps))
                .isEqualTo(latencies.stream().mapToLong(ms -> ms * ms).sum());
        assertThat(recent.sum(RecentQueries.Part.REJECTED, last, steps))
                .isEqualTo(within.stream()
                        .filter(row -> row.approved() != null && !row.approved())
                        .count());
        assertThat(recent.sum(RecentQueries.Part.EDITED, last, steps))
                .isEqualTo(within.stream()
                        .filter(row -> row.approved() != null && row.edited())
                        .count());
    }

    /** A row of the last hours, seldom of the next seconds. */
    private static Query row(Random random, long step) {
        long age = random.nextInt(10) == 0 ? -random.nextInt((int) (STEP * 5)) : random.nextInt(40) * STEP * 8;
        return new Query(
                step * STEP - age - random.nextInt((int) STEP),
                random.nextInt(5) == 0 ? null : Integer.valueOf(random.nextInt(2000)),
                random.nextBoolean() ? null : Boolean.valueOf(random.nextBoolean()),
                random.nextBoolean());
    }

    /** A log in which, after a day, queries fail to come, are slow and are rejected, read in two ways and through restarts. */
    @Property(tries = 2)
    void incidentsDoNotDependOnWhenSomebodyLooks(@ForAll Random random) {
        List<Query> log = new ArrayList<>();
        long now = START;
        while (now < START + (DAY + 660) * STEP) {
            now += random.nextInt((int) (STEP / 10)) + 1;
            long at = (now - START) / STEP - DAY;
            if (at < 350 || at > 380) {
                boolean bad = at > 580;
                log.add(new Query(
                        now,
                        (bad ? 900 : 100) + random.nextInt(200),
                        random.nextInt(4) == 0 ? null : Boolean.valueOf(random.nextInt(10) < (bad ? 3 : 9)),
                        false));
            }
        }
        List<String> often = read(log, random, 1);
        List<String> seldom = read(log, random, 40);
        assertThat(often).isEqualTo(seldom);
        assertThat(often).anyMatch(event -> event.startsWith("VOLUME opened"));
        assertThat(often).anyMatch(event -> event.startsWith("VOLUME closed"));
        assertThat(often).anyMatch(event -> event.startsWith("LATENCY opened"));
        assertThat(often).anyMatch(event -> event.startsWith("REJECTED_RATE opened"));
        assertThat(often).noneMatch(event -> event.startsWith("EDITED_RATE"));
    }

    private static List<String> read(List<Query> log, Random random, int looksEvery) {
        List<String> events = new ArrayList<>();
        AgentAnomalies.Listener listener = new AgentAnomalies.Listener() {
            @Override
            public void opened(AgentAnomalies.Measure measure, long timeMicros, VolumeDetector.Found found) {
                events.add(measure + " opened " + timeMicros + " " + found);
            }

            @Override
            public void closed(AgentAnomalies.Measure measure, long openedAtMicros, long timeMicros) {
                events.add(measure + " closed " + openedAtMicros + " " + timeMicros);
            }
        };
        // Some 20 queries every half minute, of 200 ms on average, for ever.
        LatencyDetector.Past past = new LatencyDetector.Past(constant(600), constant(120_000));
        AgentAnomalies anomalies = new AgentAnomalies(START);
        for (int i = 0; i < log.size(); i++) {
            if (i % looksEvery == 0 && random.nextInt(100) == 0) {
                anomalies.advanceTo(log.get(i).timeMicros() - 1, past, listener);
                anomalies = AgentAnomalies.decode(anomalies.encode());
            }
            // Before a row goes in, time goes on to its transaction.
            anomalies.advanceTo(log.get(i).timeMicros(), past, listener);
            anomalies.add(log.get(i), 1);
        }
        return events;
    }

    private static Slots constant(double sum) {
        return new Slots() {
            @Override
            public long firstSlot() {
                return 0;
            }

            @Override
            public double sum(long slot) {
                return sum;
            }
        };
    }
}
