package dev.agentpulse.udf.outlook;

import java.util.Arrays;

/**
 * Whether a series goes up or down, not minding outliers: the slope is the median of all pairs' slopes (Theil 1950, Sen 1968),
 * and it counts if the number of pairs that go up and of those that go down differ by more than chance does (Mann 1945,
 * Kendall 1975, with the variance corrected for ties).
 *
 * @param z Mann and Kendall's, normal if there is no trend; 0 where most values are zero, which is no trend either
 * @param slope per step, in the series' unit
 * @param changePct what the slope makes of the whole series, in percent of its mean; 0 where that is 0
 */
public record Trend(Direction direction, double z, double slope, double changePct) {

    private static final double SIGNIFICANT_Z = 2.58;
    private static final double LEAST_CHANGE_PCT = 10;
    private static final double PERCENT = 100;

    /** What a trend is called. */
    public enum Direction {
        RISING("rising"),
        FALLING("falling"),
        FLAT("flat");

        private final String text;

        Direction(String text) {
            this.text = text;
        }

        /** As it is in tables. */
        public String text() {
            return text;
        }
    }

    /**
     * Time and room are quadratic in the number of values, which is meant to be tens.
     *
     * @param values oldest first, at least 2
     */
    public static Trend of(double[] values) {
        int n = values.length;
        if (n < 2) {
            throw new IllegalArgumentException("a trend takes at least 2 values, not " + n);
        }
        if (isMostlyZero(values)) {
            return new Trend(Direction.FLAT, 0, 0, 0);
        }
        double[] slopes = new double[n * (n - 1) / 2];
        int pairs = 0;
        int s = 0;
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                slopes[pairs++] = (values[j] - values[i]) / (j - i);
                s += Double.compare(values[j], values[i]);
            }
        }
        double slope = median(slopes);
        double deviation = Math.sqrt(variance(values));
        double z = s == 0 || deviation == 0 ? 0 : (s - Math.signum(s)) / deviation;
        double mean = Arrays.stream(values).average().orElse(0);
        double change = mean == 0 ? 0 : PERCENT * slope * (n - 1) / mean;
        boolean counts = Math.abs(z) > SIGNIFICANT_Z && Math.abs(change) >= LEAST_CHANGE_PCT && z * slope > 0;
        Direction direction = counts ? slope > 0 ? Direction.RISING : Direction.FALLING : Direction.FLAT;
        return new Trend(direction, z, slope, change);
    }

    /** Whether more than half of the pairs are of two zeros, so that the median of the slopes is zero. */
    private static boolean isMostlyZero(double[] values) {
        long zeros = Arrays.stream(values).filter(value -> value == 0).count();
        return zeros * (zeros - 1) > (long) values.length * (values.length - 1) / 2;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        int half = values.length / 2;
        return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }

    private static double variance(double[] values) {
        double[] ordered = values.clone();
        Arrays.sort(ordered);
        double sum = term(ordered.length);
        int run = 1;
        for (int i = 1; i <= ordered.length; i++) {
            if (i < ordered.length && ordered[i] == ordered[i - 1]) {
                run++;
            } else {
                sum -= term(run);
                run = 1;
            }
        }
        return sum / 18;
    }

    private static double term(double n) {
        return n * (n - 1) * (2 * n + 5);
    }
}
