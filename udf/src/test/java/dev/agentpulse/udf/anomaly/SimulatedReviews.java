package dev.agentpulse.udf.anomaly;

import java.util.SplittableRandom;

/**
 * Which answers of a simulated agent are reviewed, one in two, and which of these are rejected, and a detector that judges
 * their share. Its odds follow the day, by a fifth more and less, and drift.
 */
final class SimulatedReviews implements SimulatedWeeks.Judged {

    private static final int SEVEN_DAYS = 7 * 24;
    private static final int HOUR = SimulatedAgent.STEPS_AN_HOUR;

    // Sums of all steps before one: what is reviewed, rejected, and rejected where the share is higher.
    private final long[] reviewed;
    private final long[] rejected;
    private final long[] rejectedMore;

    private final RateDetector detector;
    private final int moreFrom;
    private final int moreTo;

    /**
     * @param share of the reviewed answers that is rejected on average
     * @param more by how much the share is higher in an incident
     */
    SimulatedReviews(SimulatedAgent agent, double share, double more, long seed) {
        int[] queries = agent.counts();
        reviewed = new long[queries.length + 1];
        rejected = new long[queries.length + 1];
        rejectedMore = new long[queries.length + 1];
        SplittableRandom random = new SplittableRandom(seed);
        SimulatedDrift drift = new SimulatedDrift(random);
        for (int step = 0; step < queries.length; step++) {
            double odds = share / (1 - share) * (0.8 + 0.4 * SimulatedAgent.daylight(step)) * drift.next();
            reviewed[step + 1] = reviewed[step];
            rejected[step + 1] = rejected[step];
            rejectedMore[step + 1] = rejectedMore[step];
            for (int query = 0; query < queries[step]; query++) {
                if (random.nextBoolean()) {
                    double chance = random.nextDouble();
                    reviewed[step + 1]++;
                    rejected[step + 1] += chance < odds / (1 + odds) ? 1 : 0;
                    rejectedMore[step + 1] += chance < odds / (1 + odds) + more ? 1 : 0;
                }
            }
        }
        detector = new RateDetector();
        moreFrom = 0;
        moreTo = 0;
    }

    private SimulatedReviews(SimulatedReviews usual, int moreFrom, int moreTo) {
        reviewed = usual.reviewed;
        rejected = usual.rejected;
        rejectedMore = usual.rejectedMore;
        detector = SimulatedWeeks.copy(usual.detector::encode, RateDetector::decode);
        this.moreFrom = moreFrom;
        this.moreTo = moreTo;
    }

    @Override
    public boolean isOpenAt(int step) {
        int firstHour = Math.max(0, step / HOUR - SEVEN_DAYS);
        detector.next(
                step * SimulatedAgent.STEP_MICROS,
                new RateDetector.Measured(
                        share(step - 10, step),
                        share(step - 120, step),
                        share(step - 140, step - 20),
                        share(step - 260, step - 140),
                        share(firstHour * HOUR, step)));
        return detector.incident().isOpen();
    }

    /** The size of the incident was said before. */
    @Override
    public SimulatedReviews with(int fromStep, int toStep, double size) {
        return new SimulatedReviews(this, fromStep, toStep);
    }

    private RateDetector.Share share(int from, int to) {
        int moreSince = Math.min(to, Math.max(from, moreFrom));
        int moreUntil = Math.min(to, Math.max(from, moreTo));
        long hits = rejected[to]
                - rejected[from]
                + rejectedMore[moreUntil]
                - rejectedMore[moreSince]
                - (rejected[moreUntil] - rejected[moreSince]);
        return new RateDetector.Share((double) hits, (double) (reviewed[to] - reviewed[from]));
    }
}
