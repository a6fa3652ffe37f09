package dev.agentpulse.udf.outlook;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A rate and an average that lines are drawn of: the parts (how many, how many with a value, the sum of the values) fade by a
 * half in a given time, and the average is a quotient of faded parts, so it stays where it was while nothing comes.
 *
 * <p>Parts fade by the minute, so that what comes out depends on the minutes in which rows lie and not on when somebody looks. A
 * row that goes takes out what it is still worth.
 */
public final class Smoothed {

    /** Below this, what is left is a rounding error, or of so long ago that it means nothing. */
    private static final double NOTHING = 1e-3;

    private final double keptPerMinute;
    private double count;
    private double valued;
    private double sum;

    /** @param halfLifeMinutes at least 1 */
    public Smoothed(int halfLifeMinutes) {
        if (halfLifeMinutes < 1) {
            throw new IllegalArgumentException("halfLifeMinutes must be at least 1 but is " + halfLifeMinutes);
        }
        this.keptPerMinute = Math.pow(2, -1.0 / halfLifeMinutes);
    }

    /** A minute passes, or several. */
    public void fade(long minutes) {
        double kept = Math.pow(keptPerMinute, (double) minutes);
        count *= kept;
        valued *= kept;
        sum *= kept;
    }

    /**
     * Puts parts in, or takes them out if they are negative.
     *
     * @param age how many minutes ago their minute was the last to be put in
     */
    public void add(long age, long count, long valued, long sum) {
        double kept = Math.pow(keptPerMinute, (double) age);
        this.count += kept * count;
        this.valued += kept * valued;
        this.sum += kept * sum;
    }

    /** Puts in all that another one holds. */
    void addAll(Smoothed other) {
        count += other.count;
        valued += other.valued;
        sum += other.sum;
    }

    /**
     * Puts in parts of minutes that are about to pass, as much in each.
     *
     * @param minutes how many, at least 1; {@link #fade} by them follows
     */
    public void addAhead(int minutes, long count, long valued, long sum) {
        double keptOfAll = Math.pow(keptPerMinute, minutes);
        double each = weightOf(keptOfAll) / minutes / keptOfAll;
        this.count += each * count;
        this.valued += each * valued;
        this.sum += each * sum;
    }

    /**
     * How many a minute. Minutes from before anything was known weigh nothing, so a steady rate is shown as it is from the first
     * minute on.
     *
     * @param knownMinutes how many have passed of which all parts were put in; 0 if there is none
     */
    public double ratePerMinute(long knownMinutes) {
        return knownMinutes == 0 ? 0 : Math.max(0, count / weightOf(Math.pow(keptPerMinute, (double) knownMinutes)));
    }

    /**
     * What so many minutes that are just over weigh together.
     *
     * @param keptOfAll what is kept over so many minutes
     */
    private double weightOf(double keptOfAll) {
        return (1 - keptOfAll) / (1 - keptPerMinute);
    }

    /** Whether enough is left for an average. */
    public boolean hasAverage() {
        return valued > NOTHING;
    }

    /** Average of the values, in their unit; only if there is one. */
    public double average() {
        return Math.max(0, sum / valued);
    }

    /** Writes what {@link #decode} reads. */
    public void encode(DataOutput out) throws IOException {
        out.writeDouble(count);
        out.writeDouble(valued);
        out.writeDouble(sum);
    }

    /** Reads what {@link #encode} of one with the same half-life wrote. */
    public static Smoothed decode(int halfLifeMinutes, DataInput in) throws IOException {
        Smoothed smoothed = new Smoothed(halfLifeMinutes);
        smoothed.count = in.readDouble();
        smoothed.valued = in.readDouble();
        smoothed.sum = in.readDouble();
        return smoothed;
    }
}
