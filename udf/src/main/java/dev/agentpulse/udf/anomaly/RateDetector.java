package dev.agentpulse.udf.anomaly;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Judges a share of an agent's queries, for instance that of the reviewed ones that people edited: five minutes and an
 * hour against the last seven days and against today's level, by the normal approximation of the binomial distribution.
 * What lies between the two is as expected, so neither a share that drifts or follows the hours is an anomaly nor one that
 * comes back to what it was.
 *
 * <p>Well under 100 bytes an agent.
 */
public final class RateDetector {

    /** Queries without which a share says little. */
    private static final double ENOUGH = 20;

    /** A difference of less than ten points of a hundred is no anomaly. */
    private static final double LARGE = 0.1;

    /**
     * Fewer hits more or less than expected are no anomaly: the approximation fails where few are expected, and three of 20
     * are chance where one in a hundred is usual.
     */
    private static final double LEAST_HITS = 4;

    /** Queries that are assumed to have been as usual when the level is computed. */
    private static final double PRIOR = 30;

    private Incident incident = Incident.NONE;

    /** Of {@code count} queries, how many it is the case with. */
    public record Share(double hits, double count) {

        /** The share, drawn a little to one half, so that it is never 0 or 1, of which chance would leave no way. */
        double rate() {
            return (hits + 0.5) / (count + 1);
        }
    }

    /** What was counted, in the spans of {@link VolumeDetector.Counts} and of the last seven days. */
    public record Measured(Share fiveMinutes, Share hour, Share levelHour, Share earlierHour, Share sevenDays) {}

    /** Evaluates the next time; times come in order. Figures are shares in 0..1. */
    public VolumeDetector.Found next(long timeMicros, Measured measured) {
        Share sevenDays = measured.sevenDays();
        Deviation five = compare(measured.fiveMinutes(), measured.levelHour(), sevenDays);
        Deviation longer = compare(measured.hour(), measured.earlierHour(), sevenDays);
        incident = incident.next(timeMicros, five, longer, false);
        return new VolumeDetector.Found(sevenDays.count() > 0, five, longer);
    }

    private static Deviation compare(Share window, Share levelHour, Share usual) {
        // The window is part of the seven days: without as much again beside it, it would be compared with itself.
        if (window.count() < ENOUGH || usual.count() < 2 * window.count()) {
            return Deviation.NONE;
        }
        double actual = window.hits() / window.count();
        double level = (levelHour.hits() + PRIOR * usual.rate()) / (levelHour.count() + PRIOR);
        double rate = Level.nearest(usual.rate(), level, actual);
        double more = window.hits() - window.count() * rate;
        double z = more / Math.sqrt(window.count() * rate * (1 - rate));
        boolean large = Math.abs(actual - rate) >= LARGE && Math.abs(more) >= LEAST_HITS;
        return new Deviation(rate, actual, 1, z, large);
    }

    public Incident incident() {
        return incident;
    }

    /** Writes what {@link #decode} reads. */
    public void encode(DataOutput out) throws IOException {
        incident.encode(out);
    }

    /** Reads what {@link #encode} wrote. */
    public static RateDetector decode(DataInput in) throws IOException {
        RateDetector detector = new RateDetector();
        detector.incident = Incident.decode(in);
        return detector;
    }
}
