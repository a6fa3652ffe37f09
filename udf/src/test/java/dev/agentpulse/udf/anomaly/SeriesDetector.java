package dev.agentpulse.udf.anomaly;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The idea of the detectors for a series of which nothing is known but its times: the distance from the median of the last
 * day, by the median of such distances of a week; without what the half hour of the day usually has, where leaving that
 * out makes distances smaller by 15 %. After an opening there is none for a day and a half.
 */
final class SeriesDetector {

    private static final long HOUR = 3600;
    private static final long DAY = 24 * HOUR;

    /** Standard deviations from which on a distance opens. */
    private static final double OPENS_AT = 8;

    private static final long QUIET = 36 * HOUR;

    /** What is learnt before anything opens, and before half hours are believed. */
    private static final long LEARNING = 2 * DAY;

    private static final long LEARNING_HALF_HOURS = 3 * DAY;

    /** By how much half hours must make distances smaller. */
    private static final double SEASONAL = 0.85;

    /** A standard deviation is at least this share of the values' usual size. */
    private static final double FLOOR = 0.05;

    private static final double NORMAL = 1.4826;

    private final RunningMedian level = new RunningMedian(DAY);
    private final RunningMedian sizes = new RunningMedian(7 * DAY);
    private final RunningMedian distances = new RunningMedian(7 * DAY);
    private final RunningMedian seasonalDistances = new RunningMedian(7 * DAY);
    private final List<RunningMedian> halfHours = new ArrayList<>();
    private final long begin;
    private long quietUntil;

    /** A detector of a series that begins at {@code begin}; times are seconds. */
    SeriesDetector(long begin) {
        this.begin = begin;
        for (int halfHour = 0; halfHour < 48; halfHour++) {
            halfHours.add(new RunningMedian(14 * DAY));
        }
    }

    /** The scores of a whole series, in its order. */
    static double[] scores(NabSeries series) {
        SeriesDetector detector = new SeriesDetector(series.times()[0]);
        double[] scores = new double[series.values().length];
        for (int row = 0; row < scores.length; row++) {
            scores[row] = detector.next(series.times()[row], series.values()[row]);
        }
        return scores;
    }

    /** By how many standard deviations the next value opens an incident; 0 if it does not. */
    double next(long time, double value) {
        double score = 0;
        if (!level.isEmpty()) {
            double distance = value - level.median();
            RunningMedian halfHour = halfHours.get((int) (Math.floorMod(time, DAY) / (HOUR / 2)));
            double seasonalDistance = distance - halfHour.median();
            double usual = distances.median();
            double seasonalUsual = seasonalDistances.median();
            boolean seasonal = time - begin > LEARNING_HALF_HOURS && seasonalUsual < SEASONAL * usual;
            double deviation = Math.max(
                    NORMAL * (seasonal ? seasonalUsual : usual), FLOOR * Math.max(Double.MIN_NORMAL, sizes.median()));
            double z = Math.abs(seasonal ? seasonalDistance : distance) / deviation;
            if (z > OPENS_AT && time - begin > LEARNING && time >= quietUntil) {
                score = z;
                quietUntil = time + QUIET;
            }
            distances.add(time, Math.abs(distance));
            seasonalDistances.add(time, Math.abs(seasonalDistance));
            halfHour.add(time, distance);
        }
        sizes.add(time, Math.abs(value));
        level.add(time, value);
        return score;
    }

    /** The median of the values of the last span of time; 0 while there are none. */
    private static final class RunningMedian {

        private record Timed(long time, double value) {}

        private final long span;
        private final ArrayDeque<Timed> values = new ArrayDeque<>();
        private double[] sorted = new double[64];

        RunningMedian(long span) {
            this.span = span;
        }

        boolean isEmpty() {
            return values.isEmpty();
        }

        void add(long time, double value) {
            while (!values.isEmpty() && values.getFirst().time() <= time - span) {
                int at = Arrays.binarySearch(
                        sorted, 0, values.size(), values.getFirst().value());
                System.arraycopy(sorted, at + 1, sorted, at, values.size() - at - 1);
                values.removeFirst();
            }
            int size = values.size();
            if (size == sorted.length) {
                sorted = Arrays.copyOf(sorted, 2 * size);
            }
            int found = Arrays.binarySearch(sorted, 0, size, value);
            int at = found < 0 ? -found - 1 : found;
            System.arraycopy(sorted, at, sorted, at + 1, size - at);
            sorted[at] = value;
            values.add(new Timed(time, value));
        }

        double median() {
            int size = values.size();
            return size == 0 ? 0 : (sorted[(size - 1) / 2] + sorted[size / 2]) / 2;
        }
    }
}
