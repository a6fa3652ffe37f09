package dev.agentpulse.udf.anomaly;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Judges an agent's average latency: five minutes and an hour against the same time of the two weeks before, at today's
 * level. Only a rise counts: an agent that is fast disturbs nobody.
 *
 * <p>Averages are compared by their logarithms, because latencies grow by factors. The noise of an average of n latencies
 * is their standard deviation by their average and by the root of n, taken from the window itself, and how much more
 * averages scatter in fact is measured ({@link Dispersion}).
 *
 * <p>About 3 kB an agent, once there are samples.
 */
public final class LatencyDetector {

    /** Latencies without which an average says little. */
    static final double ENOUGH = 20;

    /** A rise by less than this factor is no anomaly. */
    static final double LARGE = 1.5;

    /** Latencies that are assumed to have been as expected when the level is computed. */
    private static final double PRIOR = 30;

    /** The least standard deviation by average: latencies that are all the same leave no room for chance at all. */
    private static final double LEAST_SPREAD = 0.01;

    private static final long FIVE_MINUTES = 5 * 60 * 1_000_000L;
    private static final long HOUR = 60 * 60 * 1_000_000L;

    private Incident incident = Incident.NONE;
    private Level level = Level.NONE;
    private Dispersion fiveMinutesNoise = new Dispersion();
    private Dispersion hourNoise = new Dispersion();

    /** Latencies of a span. */
    public record Latencies(double count, double sum, double squares) {

        double average() {
            return sum / count;
        }

        /** The standard deviation of the average, by the average. */
        double noise() {
            double average = average();
            double variance = Math.max(0, squares / count - average * average);
            return Math.max(Math.sqrt(variance) / average, LEAST_SPREAD) / Math.sqrt(count);
        }

        boolean enough() {
            return count >= ENOUGH && sum > 0;
        }
    }

    /** What was measured, in the spans of {@link VolumeDetector.Counts}. */
    public record Measured(Latencies fiveMinutes, Latencies hour, Latencies levelHour, Latencies earlierHour) {}

    /** The past: how many latencies there were, and their sum in milliseconds. */
    public record Past(Slots counts, Slots sums) {

        /** The average that the weeks before have in a span; NaN where they have none. */
        double average(long endMicros, long spanMicros) {
            double count = 0;
            double sum = 0;
            for (int week = 1; week <= WeeklyProfile.WEEKS; week++) {
                WeeklyProfile profile = new WeeklyProfile(counts, week);
                if (profile.knows(endMicros)) {
                    count += profile.expected(endMicros, spanMicros);
                    sum += new WeeklyProfile(sums, week).expected(endMicros, spanMicros);
                }
            }
            return sum / count;
        }
    }

    /** Evaluates the next time; times come in order. Figures are milliseconds. */
    public VolumeDetector.Found next(long timeMicros, Past past, Measured measured) {
        double expectedFive = past.average(timeMicros, FIVE_MINUTES);
        double expectedHour = past.average(timeMicros, HOUR);
        double current = level(past, measured.levelHour(), timeMicros - Level.GAP_MICROS);
        double earlier = level(past, measured.earlierHour(), timeMicros - Level.HOUR_GAP_MICROS);
        boolean known = expectedFive > 0 && expectedHour > 0;
        if (known && timeMicros % Slots.SLOT_MICROS == 0) {
            long slot = timeMicros / Slots.SLOT_MICROS;
            sample(fiveMinutesNoise, slot, measured.fiveMinutes(), current * expectedFive, past.counts());
            sample(hourNoise, slot, measured.hour(), earlier * expectedHour, past.counts());
        }
        VolumeDetector.Found found = known
                ? new VolumeDetector.Found(
                        true,
                        compare(timeMicros, measured.fiveMinutes(), expectedFive, current, fiveMinutesNoise),
                        compare(timeMicros, measured.hour(), expectedHour, earlier, hourNoise))
                : VolumeDetector.Found.NOTHING;
        Incident was = incident;
        incident = was.next(timeMicros, found.fiveMinutes(), found.hour(), false);
        level = level.next(timeMicros, was, incident, current);
        return found;
    }

    private static double level(Past past, Latencies hour, long endMicros) {
        double expected = past.average(endMicros, HOUR);
        return expected > 0 ? Level.of(hour.sum(), hour.count() * expected, PRIOR * expected) : 1;
    }

    private static void sample(Dispersion noise, long slot, Latencies window, double expected, Slots slots) {
        if (window.enough()) {
            noise.add(slot, difference(window, expected), slots);
        }
    }

    private Deviation compare(long timeMicros, Latencies window, double expected, double current, Dispersion noise) {
        if (!window.enough() || !noise.isKnownOfADay()) {
            return Deviation.NONE;
        }
        double here = expected * level.nearest(timeMicros, current, window.average() / expected);
        return new Deviation(
                here,
                window.average(),
                noise.factor(),
                difference(window, here) / noise.factor(),
                window.average() >= LARGE * here);
    }

    private static double difference(Latencies window, double expected) {
        return Math.log(window.average() / expected) / window.noise();
    }

    public Incident incident() {
        return incident;
    }

    /** What grows of it, on the heap. */
    int heapBytes() {
        return fiveMinutesNoise.heapBytes() + hourNoise.heapBytes();
    }

    /** Writes what {@link #decode} reads. */
    public void encode(DataOutput out) throws IOException {
        incident.encode(out);
        level.encode(out);
        fiveMinutesNoise.encode(out);
        hourNoise.encode(out);
    }

    /** Reads what {@link #encode} wrote. */
    public static LatencyDetector decode(DataInput in) throws IOException {
        LatencyDetector detector = new LatencyDetector();
        detector.incident = Incident.decode(in);
        detector.level = Level.decode(in);
        detector.fiveMinutesNoise = Dispersion.decode(in);
        detector.hourNoise = Dispersion.decode(in);
        return detector;
    }
}
