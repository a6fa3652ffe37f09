package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of queries of agents of one to a hundred a minute, with two weeks of past. */
class SimulatedAgentsTest {

    private static final int PAST_WEEKS = 2;
    private static final double OUTAGE = 0;
    private static final double TRIPLED = 3;

    /**
     * At most one false incident an agent and week; half of the outages within 6 minutes, half of what is three times as
     * much within 20. Of one query a minute in bursts chance allows less.
     *
     * @param nineOfTen minutes within which nine of ten outages are found
     */
    @ParameterizedTest(name = "{0} a minute, bursts: {1}")
    @CsvSource({
        "1, false, 6, 7, 20", "1, true, 8, 10, 30", "5, false, 6, 6, 20", "5, true, 6, 6, 20",
        "20, false, 6, 6, 20", "20, true, 6, 6, 20", "100, false, 6, 6, 20", "100, true, 6, 6, 20"
    })
    void findsIncidentsAndHardlyAnyOther(
            double perMinute, boolean bursty, double outage, double nineOfTen, double tripled) {
        SimulatedWeeks weeks = new SimulatedWeeks(1, OUTAGE, TRIPLED);
        // Of few queries chance decides more.
        int agents = perMinute == 1 ? 2 * SimulatedWeeks.AGENTS : SimulatedWeeks.AGENTS;
        for (long seed = 1; seed <= agents; seed++) {
            SimulatedAgent agent =
                    new SimulatedAgent(1000 * seed + Math.round(2 * perMinute), perMinute, bursty, PAST_WEEKS + 2);
            VolumeDetector detector = new VolumeDetector();
            detector.learn(new Replay(agent).slots(), (long) PAST_WEEKS * Slots.WEEK);
            weeks.judge(new Counted(agent, new Replay(agent), detector), PAST_WEEKS);
        }
        weeks.print("queries, " + perMinute + " a minute, bursts " + bursty);
        weeks.assertHardlyAnyFalse();
        assertThat(weeks.minutes(OUTAGE, 0.5)).isLessThanOrEqualTo(outage);
        assertThat(weeks.minutes(OUTAGE, 0.9)).isLessThanOrEqualTo(nineOfTen);
        assertThat(weeks.minutes(TRIPLED, 0.5)).isLessThanOrEqualTo(tripled);
    }

    private record Counted(SimulatedAgent agent, Replay replay, VolumeDetector detector)
            implements SimulatedWeeks.Judged {

        @Override
        public boolean isOpenAt(int step) {
            replay.next(detector, step);
            return detector.incident().isOpen();
        }

        @Override
        public Counted with(int fromStep, int toStep, double size) {
            SimulatedAgent changed = agent.with(fromStep, toStep, size, fromStep);
            return new Counted(
                    changed, new Replay(changed), SimulatedWeeks.copy(detector::encode, VolumeDetector::decode));
        }
    }
}
