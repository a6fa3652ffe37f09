package dev.agentpulse.udf.anomaly;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Judges a share of an agent's queries, for instance that of the reviewed ones that people edited: five minutes and an
 * hour against the last seven days, by the normal approximation of the binomial distribution.
 *
 * <p>Well under 100 bytes an agent.
 */
public final class RateDetector {

    /** Queries without which a share says little. */
    private static final double ENOUGH = 20;

    /** A difference of less than ten points of a hundred is no anomaly. */
    private static final double LARGE = 0.1;

    private Incident incident = Incident.NONE;

    /** Of {@code count} queries, how many it is the case with. */
    public record Share(double hits, double count) {

        /** The share, drawn a little to one half, so that it is never 0 or 1, of which chance would leave no way. */
        double rate() {
            return (hits + 0.5) / (count + 1);
        }
    }

    /** Evaluates the next time; times come in order. Figures are shares in 0..1. */
    public VolumeDetector.Found next(long timeMicros, Share fiveMinutes, Share hour, Share sevenDays) {
        Deviation five = compare(fiveMinutes, sevenDays);
        Deviation longer = compare(hour, sevenDays);
        incident = incident.next(timeMicros, five, longer, false);
        return new VolumeDetector.Found(sevenDays.count() > 0, five, longer);
    }

    private static Deviation compare(Share window, Share usual) {
        // The window is part of the seven days: without as much again beside it, it would be compared with itself.
        if (window.count() < ENOUGH || usual.count() < 2 * window.count()) {
            return Deviation.NONE;
        }
        double rate = usual.rate();
        double actual = window.hits() / window.count();
        double z = (window.hits() - window.count() * rate) / Math.sqrt(window.count() * rate * (1 - rate));
        return new Deviation(rate, actual, 1, z, Math.abs(actual - rate) >= LARGE);
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
