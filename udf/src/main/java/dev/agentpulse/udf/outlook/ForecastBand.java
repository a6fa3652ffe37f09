package dev.agentpulse.udf.outlook;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Between which values four of five slots are expected to lie: the forecast plus quantiles of what the last 28 forecasts were
 * wrong by, for each group of horizons (the first hour, up to 6 h, 24 h, 48 h). Which quantiles follows from how often
 * the band was missed: adaptive conformal inference (Gibbs and Candès 2021), {@code α ← α + γ (0.2 − missed)}, γ 0.02.
 *
 * <p>It takes a step an hour: the slot that ends with the hour judges what was forecast for it at the hours before, and a new
 * forecast is kept. State: for {@code n} hours {@code n(n+1)/2} forecasts that wait, the bands that were made with them and {@code 28·n} errors, as
 * floats; for 24 hours 4.5 kB.
 */
public final class ForecastBand {

    private static final int[] GROUP_ENDS_HOURS = {1, 6, 24, 48};
    private static final int FORECASTS = 28;

    /** With fewer errors of a group there is no band. */
    private static final int LEAST_ERRORS = 5;

    private static final double OUTSIDE = 0.2;
    private static final double GAMMA = 0.02;

    private final int hours;

    /** Of each horizon the forecasts that were made and did not come true yet; the place is the step modulo the horizon. */
    private final float[][] waiting;

    /** Of each horizon the last errors; the place is the step modulo their number. */
    private final float[][] errors;

    /** Of each forecast that waits, the ends of the band of each group, as errors; none where the lower is above the upper. */
    private final float[][] ends;

    private final double[] alpha;
    private final float[][] sorted;
    private int steps;

    /** @param hours how far ahead, from 1 to 48 */
    public ForecastBand(int hours) {
        if (hours < 1 || hours > GROUP_ENDS_HOURS[GROUP_ENDS_HOURS.length - 1]) {
            throw new IllegalArgumentException("hours must be from 1 to 48 but is " + hours);
        }
        this.hours = hours;
        this.waiting = new float[hours][];
        this.errors = new float[hours][];
        for (int i = 0; i < hours; i++) {
            waiting[i] = new float[i + 1];
            errors[i] = new float[FORECASTS];
        }
        this.alpha = new double[group(hours) + 1];
        Arrays.fill(alpha, OUTSIDE);
        this.sorted = new float[alpha.length][0];
        this.ends = new float[hours][2 * alpha.length];
    }

    private static int group(int hour) {
        int group = 0;
        while (hour > GROUP_ENDS_HOURS[group]) {
            group++;
        }
        return group;
    }

    /**
     * Takes a step: an hour has ended.
     *
     * @param actual value of the slot that ended with it
     * @param expected what is forecast for the slots that end 1, 2, … hours later
     */
    public void step(double actual, double[] expected) {
        if (expected.length != hours) {
            throw new IllegalArgumentException("one value for each of " + hours + " hours, not " + expected.length);
        }
        double[] missed = new double[alpha.length];
        int[] judged = new int[alpha.length];
        for (int horizon = 1; horizon <= hours; horizon++) {
            int place = steps % horizon;
            if (steps >= horizon) {
                int group = group(horizon);
                float error = (float) (actual - waiting[horizon - 1][place]);
                float[] then = ends[(steps - horizon) % hours];
                if (then[2 * group] <= then[2 * group + 1]) {
                    judged[group]++;
                    missed[group] += error < then[2 * group] || error > then[2 * group + 1] ? 1 : 0;
                }
                errors[horizon - 1][(steps - horizon) % FORECASTS] = error;
            }
            waiting[horizon - 1][place] = (float) expected[horizon - 1];
        }
        for (int group = 0; group < alpha.length; group++) {
            if (judged[group] > 0) {
                alpha[group] += GAMMA * (OUTSIDE - missed[group] / judged[group]);
            }
        }
        steps++;
        sort();
        float[] now = ends[(steps - 1) % hours];
        for (int group = 0; group < alpha.length; group++) {
            boolean known = sorted[group].length >= LEAST_ERRORS;
            now[2 * group] = known ? (float) quantile(group, true) : 1;
            now[2 * group + 1] = known ? (float) quantile(group, false) : 0;
        }
    }

    private void sort() {
        int from = 1;
        for (int group = 0; group < alpha.length; group++) {
            int until = Math.min(GROUP_ENDS_HOURS[group], hours);
            float[] pool = new float[(until - from + 1) * FORECASTS];
            int size = 0;
            for (int horizon = from; horizon <= until; horizon++) {
                int known = Math.max(0, Math.min(FORECASTS, steps - horizon));
                System.arraycopy(errors[horizon - 1], 0, pool, size, known);
                size += known;
            }
            sorted[group] = Arrays.copyOf(pool, size);
            Arrays.sort(sorted[group]);
            from = until + 1;
        }
    }

    private double quantile(int group, boolean lower) {
        float[] values = sorted[group];
        double half = Math.max(0, Math.min(1, alpha[group])) / 2;
        double at = (lower ? half : 1 - half) * (values.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, values.length - 1);
        return values[below] + (at - below) * (values[above] - values[below]);
    }

    /** Whether there were enough forecasts for a band so far ahead. */
    public boolean isKnown(int hour) {
        return sorted[group(hour)].length >= LEAST_ERRORS;
    }

    /**
     * Lower end of the band, not below zero.
     *
     * @param hour how far ahead the slot ends, rounded up to hours
     */
    public double low(double expected, int hour) {
        return Math.max(0, expected + quantile(group(hour), true));
    }

    /** Upper end of the band, as {@link #low}. */
    public double high(double expected, int hour) {
        return Math.max(0, expected + quantile(group(hour), false));
    }

    /** Writes what {@link #decode} reads. */
    public void encode(DataOutput out) throws IOException {
        out.writeInt(steps);
        for (double value : alpha) {
            out.writeDouble(value);
        }
        for (float[] made : ends) {
            for (float end : made) {
                out.writeFloat(end);
            }
        }
        for (int i = 0; i < hours; i++) {
            for (float value : waiting[i]) {
                out.writeFloat(value);
            }
            int known = Math.max(0, Math.min(FORECASTS, steps - i - 1));
            for (int j = 0; j < known; j++) {
                out.writeFloat(errors[i][j]);
            }
        }
    }

    /** Reads what {@link #encode} of a band over the same hours wrote. */
    public static ForecastBand decode(int hours, DataInput in) throws IOException {
        ForecastBand band = new ForecastBand(hours);
        band.steps = in.readInt();
        for (int i = 0; i < band.alpha.length; i++) {
            band.alpha[i] = in.readDouble();
        }
        for (float[] made : band.ends) {
            for (int i = 0; i < made.length; i++) {
                made[i] = in.readFloat();
            }
        }
        for (int i = 0; i < hours; i++) {
            for (int j = 0; j <= i; j++) {
                band.waiting[i][j] = in.readFloat();
            }
            int known = Math.max(0, Math.min(FORECASTS, band.steps - i - 1));
            for (int j = 0; j < known; j++) {
                band.errors[i][j] = in.readFloat();
            }
        }
        band.sort();
        return band;
    }
}
