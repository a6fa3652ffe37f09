package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shares of agents of one to a hundred queries a minute, every second of which is reviewed, with a week of past. */
class SimulatedReviewsTest {

    private static final int PAST_WEEKS = 1;
    private static final double TWENTY_POINTS = 0.2;
    private static final int HOUR = SimulatedAgent.STEPS_AN_HOUR;

    /**
     * At most one false incident an agent and week; half of the rises by 20 points within so many minutes.
     *
     * @param share of the reviewed answers that is rejected on average
     */
    @ParameterizedTest(name = "{0} a minute, {1} rejected")
    @CsvSource({
        "1, 0.01, 60", "1, 0.1, Infinity", "1, 0.3, Infinity", "5, 0.01, 10", "5, 0.1, 50", "5, 0.3, 70",
        "20, 0.01, 6", "20, 0.1, 8", "20, 0.3, 30", "100, 0.01, 6", "100, 0.1, 6", "100, 0.3, 6"
    })
    void findsRisesAndHardlyAnyOther(double perMinute, double share, double minutes) {
        SimulatedWeeks weeks = new SimulatedWeeks(2, TWENTY_POINTS);
        for (long seed = 1; seed <= SimulatedWeeks.AGENTS; seed++) {
            weeks.judge(reviews(perMinute, share, TWENTY_POINTS, seed), PAST_WEEKS);
        }
        weeks.print("shares, " + perMinute + " a minute, " + share);
        weeks.assertHardlyAnyFalse();
        assertThat(weeks.minutes(TWENTY_POINTS, 0.5)).isLessThanOrEqualTo(minutes);
    }

    private static SimulatedReviews reviews(double perMinute, double share, double more, long seed) {
        long of = 1000 * seed + Math.round(2 * perMinute);
        return new SimulatedReviews(new SimulatedAgent(of, perMinute, false, PAST_WEEKS + 2), share, more, -of);
    }

    /** Also where it lasts so long that it is what is usual. */
    @Test
    void anIncidentAndItsEndAreOne() {
        int start = PAST_WEEKS * SimulatedAgent.STEPS_A_WEEK + 35 * HOUR;
        for (int minutes : new int[] {10, 30, 90, 240}) {
            int end = start + 2 * minutes;
            SimulatedWeeks.Judged incident = reviews(20, 0.1, 0.6, 3).with(start, end, 0.6);
            int changes = 0;
            boolean wasOpen = false;
            for (int step = start - HOUR; step <= end + 4 * HOUR; step++) {
                boolean isOpen = incident.isOpenAt(step);
                changes += isOpen != wasOpen ? 1 : 0;
                wasOpen = isOpen;
            }
            assertThat(changes).as("%d minutes", minutes).isEqualTo(2);
        }
    }
}
