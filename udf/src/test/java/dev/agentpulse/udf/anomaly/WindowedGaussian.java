package dev.agentpulse.udf.anomaly;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A detector whose score in the benchmark is published, to check the scorer by: the distance from the mean in standard
 * deviations, both of 6,400 values, computed anew for each of the first and then for every hundredth. The original
 * reports the probability instead, with twelve digits, so all that is beyond some seven deviations is equal.
 */
final class WindowedGaussian {

    private static final int SIZE = 6400;
    private static final int STEP = 100;
    private static final double TWELVE_DIGITS = 7.13;

    private WindowedGaussian() {}

    static double[] scores(NabSeries series) {
        double[] values = series.values();
        double[] scores = new double[values.length];
        Deque<Double> window = new ArrayDeque<>();
        double sum = 0;
        double squares = 0;
        double mean = 0;
        double deviation = 1e-6;
        for (int row = 0; row < values.length; row++) {
            if (row > 0) {
                scores[row] = Math.min(TWELVE_DIGITS, Math.abs(values[row] - mean) / deviation);
            }
            window.add(values[row]);
            sum += values[row];
            squares += values[row] * values[row];
            if (window.size() < SIZE || (row + 1 - SIZE) % STEP == 0) {
                while (window.size() > SIZE) {
                    double gone = window.removeFirst();
                    sum -= gone;
                    squares -= gone * gone;
                }
                mean = sum / window.size();
                deviation = Math.max(1e-6, Math.sqrt(Math.max(0, squares / window.size() - mean * mean)));
            }
        }
        return scores;
    }
}
