package dev.agentpulse.udf.anomaly;

import java.util.SplittableRandom;

/** A level that drifts by 15 % and forgets where it was in a day. */
final class SimulatedDrift {

    /** Standard deviation of its logarithm. */
    private static final double SPREAD = 0.15;

    private static final double KEPT_PER_STEP = Math.exp(-1.0 / (24 * SimulatedAgent.STEPS_AN_HOUR));

    private final SplittableRandom random;
    private double logarithm;

    SimulatedDrift(SplittableRandom random) {
        this.random = random;
        logarithm = SPREAD * SimulatedAgent.gaussian(random);
    }

    /** The level of the next step, around 1. */
    double next() {
        double fresh = SPREAD * Math.sqrt(1 - KEPT_PER_STEP * KEPT_PER_STEP);
        logarithm = logarithm * KEPT_PER_STEP + fresh * SimulatedAgent.gaussian(random);
        return Math.exp(logarithm);
    }
}
