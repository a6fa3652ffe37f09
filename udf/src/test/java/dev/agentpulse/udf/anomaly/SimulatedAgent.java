package dev.agentpulse.udf.anomaly;

import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/**
 * Three weeks and more of an agent's queries, counted by 30 seconds: quiet nights, busy days, half as much at weekends, a
 * level that drifts, and arrivals that are independent or come in bursts.
 */
final class SimulatedAgent {

    static final long STEP_MICROS = 30 * 1_000_000L;
    static final int STEPS_AN_HOUR = 120;
    static final int STEPS_A_WEEK = 7 * 24 * STEPS_AN_HOUR;

    /** The shape of a minute's rate where arrivals are bursty: a gamma distribution with a coefficient of variation of 0.5. */
    private static final int BURST_SHAPE = 4;

    private final int[] counts;

    SimulatedAgent(long seed, double perMinute, boolean bursty, int weeks) {
        this(seed, perMinute, bursty, weeks, step -> step);
    }

    /** @param clock which step of its week an agent has at each step of the time */
    SimulatedAgent(long seed, double perMinute, boolean bursty, int weeks, IntUnaryOperator clock) {
        SplittableRandom random = new SplittableRandom(seed);
        counts = new int[weeks * STEPS_A_WEEK];
        SimulatedDrift drift = new SimulatedDrift(random);
        double burst = 1;
        for (int step = 0; step < counts.length; step++) {
            double level = drift.next();
            if (bursty && step % 2 == 0) {
                burst = gamma(random);
            }
            counts[step] = poisson(random, perMinute / 2 * profile(clock.applyAsInt(step)) * level * burst);
        }
    }

    private SimulatedAgent(int[] counts) {
        this.counts = counts;
    }

    /** The same agent with an incident: counts of a span multiplied, rounded by chance. */
    SimulatedAgent with(int fromStep, int toStep, double factor, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] changed = counts.clone();
        for (int step = fromStep; step < toStep; step++) {
            double wanted = counts[step] * factor;
            changed[step] = (int) wanted + (random.nextDouble() < wanted - (int) wanted ? 1 : 0);
        }
        return new SimulatedAgent(changed);
    }

    int[] counts() {
        return counts;
    }

    /** The share of the week's mean at a step of the week, which starts on a Monday; the mean over a week is 1. */
    static double profile(int step) {
        boolean weekend = step / (24 * STEPS_AN_HOUR) % 7 >= 5;
        double day = daylight(step);
        return (0.2 + 2.7 * day * Math.sqrt(day)) * (weekend ? 0.5 : 1) / MEAN;
    }

    /** From 0 at night to 1 at its busiest. */
    static double daylight(int step) {
        double hour = (double) (step % (24 * STEPS_AN_HOUR)) / STEPS_AN_HOUR;
        return Math.max(0, Math.sin(Math.PI * (hour - 6) / 16));
    }

    /** The mean of what is divided by it. */
    private static final double MEAN = 1.057;

    static double gaussian(SplittableRandom random) {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    /** What a minute's rate is multiplied with in bursts; 1 on average. */
    static double gamma(SplittableRandom random) {
        double product = 1;
        for (int factor = 0; factor < BURST_SHAPE; factor++) {
            product *= 1 - random.nextDouble();
        }
        return -Math.log(product) / BURST_SHAPE;
    }

    /** Counts exponential waiting times. */
    private static int poisson(SplittableRandom random, double mean) {
        double end = Math.exp(-mean);
        double product = 1 - random.nextDouble();
        int count = 0;
        while (product > end) {
            product *= 1 - random.nextDouble();
            count++;
        }
        return count;
    }
}
