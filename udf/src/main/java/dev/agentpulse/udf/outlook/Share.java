package dev.agentpulse.udf.outlook;

/**
 * A share of few trials: {@code hits} of {@code trials}.
 *
 * @param hits from 0 to {@code trials}
 */
public record Share(long hits, long trials) {

    /** The 95th percentile of the normal distribution, so that 90 % lie between. */
    private static final double Z = 1.6448536269514722;

    /** A prior counts as much as so many trials. */
    private static final double PRIOR_TRIALS = 20;

    public Share {
        if (hits < 0 || hits > trials) {
            throw new IllegalArgumentException("hits must be from 0 to " + trials + " but is " + hits);
        }
    }

    /** The share itself; 0 without trials. */
    public double value() {
        return trials == 0 ? 0 : (double) hits / trials;
    }

    /** Drawn to what is usual, {@code (hits + 20 · usual) / (trials + 20)}: the less there is, the more. */
    public double shrunkTo(double usual) {
        return (hits + PRIOR_TRIALS * usual) / (trials + PRIOR_TRIALS);
    }

    /** Lower end of the interval that holds the true share with 90 % (Wilson 1927); 0 without trials. */
    public double low() {
        return trials == 0 ? 0 : Math.max(0, centre() - halfWidth());
    }

    /** Upper end of it; 1 without trials. */
    public double high() {
        return trials == 0 ? 1 : Math.min(1, centre() + halfWidth());
    }

    private double centre() {
        return (hits + Z * Z / 2) / (trials + Z * Z);
    }

    private double halfWidth() {
        double p = value();
        return Z / (trials + Z * Z) * Math.sqrt(trials * p * (1 - p) + Z * Z / 4);
    }
}
