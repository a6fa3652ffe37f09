package dev.agentpulse.udf.anomaly;

import java.util.SplittableRandom;

/**
 * The latencies of a simulated agent, and a detector that judges them: log-normal, half as slow again at the busiest time
 * of the day, with a level that drifts. In bursts, how fast the agent is is drawn anew each minute.
 */
final class SimulatedLatencies implements SimulatedWeeks.Judged {

    private static final double MEDIAN_MS = 800;

    /** Standard deviation of the logarithm. */
    private static final double SPREAD = 0.6;

    // Sums of all steps before one.
    private final long[] counts;
    private final double[] sums;
    private final double[] squares;

    private final LatencyDetector.Past past;
    private final LatencyDetector detector;

    // Of some steps all latencies are multiplied.
    private final int slowFrom;
    private final int slowTo;
    private final double slower;

    SimulatedLatencies(SimulatedAgent agent, boolean bursty, long seed) {
        int[] queries = agent.counts();
        counts = new long[queries.length + 1];
        sums = new double[queries.length + 1];
        squares = new double[queries.length + 1];
        SplittableRandom random = new SplittableRandom(seed);
        SimulatedDrift drift = new SimulatedDrift(random);
        double burst = 1;
        for (int step = 0; step < queries.length; step++) {
            burst = bursty && step % 2 == 0 ? SimulatedAgent.gamma(random) : burst;
            double median = MEDIAN_MS * (1 + SimulatedAgent.daylight(step) / 2) * drift.next() * burst;
            counts[step + 1] = counts[step] + queries[step];
            sums[step + 1] = sums[step];
            squares[step + 1] = squares[step];
            for (int query = 0; query < queries[step]; query++) {
                double latency = Math.rint(median * Math.exp(SPREAD * random.nextGaussian()));
                sums[step + 1] += latency;
                squares[step + 1] += latency * latency;
            }
        }
        past = new LatencyDetector.Past(Replay.slots(step -> (double) counts[step]), Replay.slots(step -> sums[step]));
        detector = new LatencyDetector();
        slowFrom = 0;
        slowTo = 0;
        slower = 1;
    }

    private SimulatedLatencies(SimulatedLatencies usual, int slowFrom, int slowTo, double slower) {
        counts = usual.counts;
        sums = usual.sums;
        squares = usual.squares;
        past = usual.past;
        detector = SimulatedWeeks.copy(usual.detector::encode, LatencyDetector::decode);
        this.slowFrom = slowFrom;
        this.slowTo = slowTo;
        this.slower = slower;
    }

    @Override
    public boolean isOpenAt(int step) {
        detector.next(
                step * SimulatedAgent.STEP_MICROS,
                past,
                new LatencyDetector.Measured(
                        latencies(step - 10, step),
                        latencies(step - 120, step),
                        latencies(step - 140, step - 20),
                        latencies(step - 260, step - 140)));
        return detector.incident().isOpen();
    }

    @Override
    public SimulatedLatencies with(int fromStep, int toStep, double size) {
        return new SimulatedLatencies(this, fromStep, toStep, size);
    }

    private LatencyDetector.Latencies latencies(int from, int to) {
        return new LatencyDetector.Latencies(
                (double) (counts[to] - counts[from]),
                sum(sums, from, to, slower),
                sum(squares, from, to, slower * slower));
    }

    private double sum(double[] totals, int from, int to, double factor) {
        int slowSince = Math.min(to, Math.max(from, slowFrom));
        int slowUntil = Math.min(to, Math.max(from, slowTo));
        return totals[to] - totals[from] + (factor - 1) * (totals[slowUntil] - totals[slowSince]);
    }
}
