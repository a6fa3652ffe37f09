package dev.agentpulse.udf.anomaly;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The scoring of the Numenta Anomaly Benchmark (Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms",
 * 2015): a detection counts by where it is in its window, each window once, by its earliest detection; one outside
 * counts against, the more the further it is past a window. One threshold for all series, the best there is; 0 is the
 * detector that detects nothing, 100 the one that detects each window at its start and nothing else.
 */
final class NabScorer {

    /** What a window found, a window missed, and a false detection count. */
    record Profile(double found, double missed, double falsely) {

        static final Profile STANDARD = new Profile(1, 1, 0.11);
        static final Profile LOW_FALSE_POSITIVES = new Profile(1, 1, 0.22);
        static final Profile LOW_FALSE_NEGATIVES = new Profile(1, 2, 0.11);
    }

    /** How anomalous a row is, 0 to infinity; what it is worth in its window, or how far past one it is. */
    private record Point(double score, double position, int window) {}

    private static final int NO_WINDOW = -1;

    private final List<Point> points = new ArrayList<>();
    private int windows;

    /** Adds a series: a score for each of its rows. */
    void add(NabSeries series, double[] scores) {
        int learning = (int) (0.15 * Math.min(scores.length, 5000));
        int current = 0;
        int lastEnd = -1;
        int lastWidth = 0;
        for (int row = 0; row < scores.length; row++) {
            int[] window = current < series.windows().size() ? series.windows().get(current) : null;
            if (window != null && row >= window[0]) {
                int width = window[1] - window[0] + 1;
                if (row >= learning) {
                    points.add(new Point(scores[row], -(window[1] - row + 1) / (double) width, windows + current));
                }
                if (row == window[1]) {
                    lastEnd = row;
                    lastWidth = width;
                    current++;
                }
            } else if (row >= learning) {
                double past = lastEnd < 0 ? Double.POSITIVE_INFINITY : (row - lastEnd) / (double) (lastWidth - 1);
                points.add(new Point(scores[row], past, NO_WINDOW));
            }
        }
        windows += series.windows().size();
    }

    /** The normalized score at the best threshold. */
    double best(Profile profile) {
        List<Point> sorted = new ArrayList<>(points);
        sorted.sort(Comparator.comparingDouble(Point::score).reversed());
        double[] byWindow = new double[windows];
        Arrays.fill(byWindow, -profile.missed());
        double total = -profile.missed() * windows;
        double best = total;
        for (int index = 0; index < sorted.size(); index++) {
            Point point = sorted.get(index);
            if (index > 0 && point.score() != sorted.get(index - 1).score()) {
                best = Math.max(best, total);
            }
            if (point.window() == NO_WINDOW) {
                total += sigmoid(point.position()) * profile.falsely();
            } else {
                double worth = sigmoid(point.position()) / sigmoid(-1) * profile.found();
                double gain = Math.max(0, worth - byWindow[point.window()]);
                byWindow[point.window()] += gain;
                total += gain;
            }
        }
        best = Math.max(best, total);
        return 100 * (best + profile.missed() * windows) / (windows * (profile.found() + profile.missed()));
    }

    private static double sigmoid(double position) {
        return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
    }
}
