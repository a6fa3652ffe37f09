package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Latencies of agents of one to a hundred queries a minute, with two weeks of past. */
class SimulatedLatenciesTest {

    private static final int PAST_WEEKS = 2;
    private static final int HOUR = SimulatedAgent.STEPS_AN_HOUR;
    private static final int DAY = 24 * HOUR;
    private static final int WEEK = 7 * DAY;
    private static final double TWICE = 2;
    private static final double THREE_TIMES = 3;

    /**
     * At most one false incident an agent and week; half of the slowdowns to twice and to three times as long within so many
     * minutes.
     */
    @ParameterizedTest(name = "{0} a minute, bursts: {1}")
    @CsvSource({
        "1, false, 80, 60", "1, true, Infinity, 80", "5, false, 8, 6", "5, true, 100, 60",
        "20, false, 6, 4", "20, true, 100, 30", "100, false, 6, 4", "100, true, 100, 30"
    })
    void findsSlowdownsAndHardlyAnyOther(double perMinute, boolean bursty, double twice, double threeTimes) {
        SimulatedWeeks weeks = new SimulatedWeeks(2, TWICE, THREE_TIMES);
        for (long seed = 1; seed <= SimulatedWeeks.AGENTS; seed++) {
            long of = 1000 * seed + Math.round(2 * perMinute);
            SimulatedAgent agent = new SimulatedAgent(of, perMinute, bursty, PAST_WEEKS + 2);
            SimulatedLatencies latencies = new SimulatedLatencies(agent, bursty, -of);
            // In its first day a detector judges nothing.
            for (int step = PAST_WEEKS * WEEK - DAY; step <= PAST_WEEKS * WEEK + 3 * HOUR; step++) {
                latencies.isOpenAt(step);
            }
            weeks.judge(latencies, PAST_WEEKS);
        }
        weeks.print("latencies, " + perMinute + " a minute, bursts " + bursty);
        weeks.assertHardlyAnyFalse();
        assertThat(weeks.minutes(TWICE, 0.5)).isLessThanOrEqualTo(twice);
        assertThat(weeks.minutes(THREE_TIMES, 0.5)).isLessThanOrEqualTo(threeTimes);
    }
}
