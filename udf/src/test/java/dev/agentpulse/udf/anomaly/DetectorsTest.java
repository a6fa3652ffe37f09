package dev.agentpulse.udf.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class DetectorsTest {

    private static final int WEEK = SimulatedAgent.STEPS_A_WEEK;
    private static final int HOUR = SimulatedAgent.STEPS_AN_HOUR;
    private static final int TUESDAY_NOON = (24 + 12) * HOUR;
    private static final long SEED = 20260907;

    private final SimulatedAgent agent = new SimulatedAgent(SEED, 20, false, 5);

    private static VolumeDetector learnt(SimulatedAgent agent, int step) {
        VolumeDetector detector = new VolumeDetector();
        detector.learn(new Replay(agent).slots(), step / 30);
        return detector;
    }

    @Test
    void anIncidentAndItsEndAreOne() {
        int start = 2 * WEEK + TUESDAY_NOON;
        for (int minutes : new int[] {10, 30, 90, 240}) {
            int end = start + 2 * minutes;
            for (double factor : new double[] {0, 3}) {
                List<Integer> changes = new Replay(agent.with(start, end, factor, SEED))
                        .changes(learnt(agent, start - HOUR), start - HOUR, end + 4 * HOUR);
                assertThat(changes).as("%d minutes by %f", minutes, factor).hasSize(2);
                assertThat(changes.get(0)).isBetween(start + 1, start + 12);
                // At its end there are the five minutes that are judged, five of calm and those that the hour needs;
                // but a figure that has stayed where it is for an hour, within the bounds of a level, is the new level.
                assertThat(changes.get(1)).isBetween(Math.min(end, start + HOUR), end + 2 * (minutes < 25 ? 15 : 75));
            }
        }
    }

    @Test
    void theEchoOfAnIncidentAWeekAgoIsNone() {
        for (int weeks = 1; weeks <= 2; weeks++) {
            int now = 3 * WEEK + TUESDAY_NOON;
            int then = now - weeks * WEEK;
            for (double factor : new double[] {0, 4}) {
                Replay replay = new Replay(agent.with(then, then + HOUR, factor, SEED));
                assertThat(replay.changes(learnt(agent, now - 3 * HOUR), now - 3 * HOUR, now + 4 * HOUR))
                        .as("%d weeks ago by %f", weeks, factor)
                        .isEmpty();
            }
        }
    }

    @Test
    void aNewLevelIsAcceptedAfterSomeHours() {
        int start = 2 * WEEK + TUESDAY_NOON;
        List<Integer> changes = new Replay(agent.with(start, 5 * WEEK, 1.6, SEED))
                .changes(learnt(agent, start - HOUR), start - HOUR, start + 8 * HOUR);
        assertThat(changes).hasSize(2);
        assertThat(changes.get(1)).isLessThan(start + 4 * HOUR);
    }

    @Test
    void withoutAWeekOfPastNothingIsExpected() {
        Replay replay = new Replay(agent);
        VolumeDetector detector = new VolumeDetector();
        assertThat(replay.next(detector, WEEK).known()).isFalse();
        assertThat(replay.next(detector, WEEK + 4 * HOUR).known()).isTrue();
    }

    @Test
    void theBandHoldsWhatIsWithinThreeStandardDeviations() {
        Deviation deviation = new Deviation(100, 100, 1.5, 0, false);
        assertThat(VolumeDetector.difference(VolumeDetector.low(deviation), 100) / 1.5)
                .isCloseTo(-3, within(1e-9));
        assertThat(VolumeDetector.difference(VolumeDetector.high(deviation), 100) / 1.5)
                .isCloseTo(3, within(1e-9));
        assertThat(VolumeDetector.low(new Deviation(1, 1, 2, 0, false))).isZero();
    }

    @Test
    void latencyRisesByHalfAndMoreOrIsNoAnomaly() {
        assertThat(latencyIncident(200, 20)).isFalse();
        assertThat(latencyIncident(280, 100)).isFalse();
        assertThat(latencyIncident(320, 100)).isTrue();
        assertThat(latencyIncident(320, 19)).isFalse();
        assertThat(latencyIncident(60, 100)).isFalse();
    }

    /** Latencies were 200 ms, half of them by 100 less and half by 100 more, and now they are so much higher. */
    private static boolean latencyIncident(double average, double count) {
        LatencyDetector detector = new LatencyDetector();
        LatencyDetector.Past past = new LatencyDetector.Past(constant(300), constant(60_000));
        LatencyDetector.Latencies usual = latencies(1200, 200);
        long step = 3L * WEEK;
        for (int slot = 0; slot < 97; slot++) {
            step += 30;
            detector.next(
                    step * SimulatedAgent.STEP_MICROS,
                    past,
                    new LatencyDetector.Measured(latencies(100, 200), usual, usual, usual));
        }
        for (int turn = 0; turn < 6; turn++) {
            step++;
            detector.next(
                    step * SimulatedAgent.STEP_MICROS,
                    past,
                    new LatencyDetector.Measured(latencies(count, average), usual, usual, usual));
        }
        return detector.incident().isOpen();
    }

    private static LatencyDetector.Latencies latencies(double count, double average) {
        return new LatencyDetector.Latencies(count, count * average, count * (average * average + 10_000));
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

    @Test
    void aRateIsTenPointsAwayAndSureOrIsNoAnomaly() {
        RateDetector.Share week = new RateDetector.Share(1000, 10_000);
        assertThat(rateIncident(new RateDetector.Share(10, 20), week)).isTrue();
        assertThat(rateIncident(new RateDetector.Share(8, 20), week)).isFalse();
        assertThat(rateIncident(new RateDetector.Share(19, 19), week)).isFalse();
        assertThat(rateIncident(new RateDetector.Share(195, 1000), week)).isFalse();
        assertThat(rateIncident(new RateDetector.Share(205, 1000), week)).isTrue();
        assertThat(rateIncident(new RateDetector.Share(20, 20), new RateDetector.Share(0, 39)))
                .isFalse();
        assertThat(rateIncident(new RateDetector.Share(5, 20), new RateDetector.Share(0, 1000)))
                .isTrue();
    }

    /** Four of 30 are chance where one in 200 is usual, however many standard deviations that is. */
    @Test
    void aRateOfFewHitsIsNoAnomaly() {
        RateDetector.Share week = new RateDetector.Share(50, 10_000);
        assertThat(rateIncident(new RateDetector.Share(4, 30), week)).isFalse();
        assertThat(rateIncident(new RateDetector.Share(5, 30), week)).isTrue();
    }

    private static boolean rateIncident(RateDetector.Share now, RateDetector.Share week) {
        RateDetector detector = new RateDetector();
        RateDetector.Share none = new RateDetector.Share(0, 0);
        for (int step = 0; step < 6; step++) {
            detector.next(step * SimulatedAgent.STEP_MICROS, new RateDetector.Measured(now, none, none, none, week));
        }
        return detector.incident().isOpen();
    }
}
