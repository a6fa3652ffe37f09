package dev.agentpulse.udf.anomaly;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Judges how many queries an agent has: five minutes and an hour against the same time of the two weeks before, at
 * today's level; and how long it has had none.
 *
 * <p>Counts are compared by the square roots of Anscombe (Biometrika 35, 1948): whatever is expected, the difference of
 * roots has the standard deviation of 1/2 where arrivals are independent. How much more they scatter in fact is measured
 * ({@link Dispersion}).
 *
 * <p>About 3 kB an agent, once there are samples.
 */
public final class VolumeDetector {

    /** A difference of less than this share of what was expected is no anomaly, in five minutes and in an hour. */
    private static final double LARGE_IN_FIVE_MINUTES = 0.5;

    private static final double LARGE_IN_AN_HOUR = 0.4;

    /** Queries that should have come while none did: chance leaves out so many once in e^9, 8,000 times. */
    private static final double MISSING = 9;

    /** The least silence that is one: a source may pause. */
    private static final long LEAST_SILENCE_MICROS = 2 * 60 * 1_000_000L;

    private static final long FIVE_MINUTES = 5 * 60 * 1_000_000L;
    private static final long HOUR = 60 * 60 * 1_000_000L;

    /** Queries that are assumed to have been as expected when the level is computed. */
    private static final double PRIOR = 30;

    /**
     * The standard deviation of a slot's count about what a single week expects, which is chance too: the weights of its
     * smoothing, 1/4, 1/2 and 1/4, have 3/8 of a slot's variance.
     */
    private static final double ONE_WEEK = Math.sqrt(1 + 3.0 / 8);

    /** Standard deviations to the ends of the band. */
    private static final double BAND = 3;

    private Incident incident = Incident.NONE;
    private Level level = Level.NONE;
    private Dispersion fiveMinutesNoise = new Dispersion();
    private Dispersion hourNoise = new Dispersion();

    /**
     * What was counted, each span open at its start and closed at its end.
     *
     * @param fiveMinutes queries of the five minutes up to now
     * @param hour queries of the hour up to now
     * @param levelHour queries of the hour that ended {@link Level#GAP_MICROS} ago
     * @param earlierHour queries of the hour that ended {@link Level#HOUR_GAP_MICROS} ago
     * @param quietMicros how long ago the last query was, whole steps; no more than a slot need be told apart
     */
    public record Counts(double fiveMinutes, double hour, double levelHour, double earlierHour, long quietMicros) {}

    /** What was found; {@link #incident()} has changed accordingly. */
    public record Found(boolean known, Deviation fiveMinutes, Deviation hour) {

        static final Found NOTHING = new Found(false, Deviation.NONE, Deviation.NONE);
    }

    /** What the weeks before have in the spans that were counted. */
    private record Expected(double fiveMinutes, double hour, double levelHour, double earlierHour, double quiet) {

        static Expected of(long now, WeeklyProfile profile, long quietMicros) {
            return new Expected(
                    profile.expected(now, FIVE_MINUTES),
                    profile.expected(now, HOUR),
                    profile.expected(now - Level.GAP_MICROS, HOUR),
                    profile.expected(now - Level.HOUR_GAP_MICROS, HOUR),
                    profile.expected(now, Math.min(quietMicros, Slots.SLOT_MICROS)));
        }

        Expected mean(Expected other) {
            return new Expected(
                    (fiveMinutes + other.fiveMinutes) / 2,
                    (hour + other.hour) / 2,
                    (levelHour + other.levelHour) / 2,
                    (earlierHour + other.earlierHour) / 2,
                    (quiet + other.quiet) / 2);
        }
    }

    /** Evaluates the next time; times come in order. */
    public Found next(long timeMicros, Slots slots, Counts counts) {
        WeeklyProfile lastWeek = new WeeklyProfile(slots, 1);
        if (!lastWeek.knows(timeMicros)) {
            incident = incident.next(timeMicros, Deviation.NONE, Deviation.NONE, false);
            return Found.NOTHING;
        }
        Expected last = Expected.of(timeMicros, lastWeek, counts.quietMicros());
        WeeklyProfile weekBefore = new WeeklyProfile(slots, 2);
        Expected before =
                weekBefore.knows(timeMicros) ? Expected.of(timeMicros, weekBefore, counts.quietMicros()) : last;
        Expected mean = last.mean(before);
        double current = Level.of(counts.levelHour(), mean.levelHour(), PRIOR);
        if (timeMicros % Slots.SLOT_MICROS == 0) {
            long slot = timeMicros / Slots.SLOT_MICROS;
            double earlier = Level.of(counts.earlierHour(), mean.earlierHour(), PRIOR);
            fiveMinutesNoise.add(slot, difference(counts.fiveMinutes(), current * mean.fiveMinutes()), slots);
            hourNoise.add(slot, difference(counts.hour(), earlier * mean.hour()), slots);
        }
        Found found = compare(timeMicros, mean, counts);
        boolean silent = isSilent(mean, counts);
        if (contradict(last, before)) {
            Found one = compare(timeMicros, last, counts);
            Found other = compare(timeMicros, before, counts);
            found = new Found(
                    true,
                    found.fiveMinutes().nearer(one.fiveMinutes()).nearer(other.fiveMinutes()),
                    found.hour().nearer(one.hour()).nearer(other.hour()));
            silent = silent && isSilent(last, counts) && isSilent(before, counts);
        }
        if (isNew()) {
            return found;
        }
        Incident was = incident;
        incident = was.next(timeMicros, found.fiveMinutes(), found.hour(), silent);
        level = level.next(timeMicros, was, incident, current);
        return found;
    }

    /**
     * Learns the noise of the week before a slot from the slots themselves, so that a detector without a past of its own
     * knows that an agent's queries come in bursts. Bursts that are shorter than a window scatter all windows alike.
     */
    public void learn(Slots slots, long open) {
        WeeklyProfile lastWeek = new WeeklyProfile(slots, 1);
        for (long slot = open - Slots.WEEK; slot < open; slot++) {
            long end = slot * Slots.SLOT_MICROS;
            if (lastWeek.knows(end)) {
                double hour = slots.sum(slot - 1) + slots.sum(slot - 2) + slots.sum(slot - 3) + slots.sum(slot - 4);
                double level = Level.of(hour, lastWeek.expected(end - Slots.SLOT_MICROS, HOUR), PRIOR);
                double z = difference(slots.sum(slot), level * lastWeek.expected(end, Slots.SLOT_MICROS)) / ONE_WEEK;
                fiveMinutesNoise.add(slot, z, slots);
                hourNoise.add(slot, z, slots);
            }
        }
    }

    /** Whether too little was learnt to judge anything. */
    public boolean isNew() {
        return !hourNoise.isKnown();
    }

    private Found compare(long timeMicros, Expected expected, Counts counts) {
        double current = level.nearest(
                timeMicros,
                Level.of(counts.levelHour(), expected.levelHour(), PRIOR),
                counts.fiveMinutes() / Math.max(1, expected.fiveMinutes()));
        double earlier = level.nearest(
                timeMicros,
                Level.of(counts.earlierHour(), expected.earlierHour(), PRIOR),
                counts.hour() / Math.max(1, expected.hour()));
        return new Found(
                true,
                deviation(
                        counts.fiveMinutes(),
                        current * expected.fiveMinutes(),
                        fiveMinutesNoise.factor(),
                        LARGE_IN_FIVE_MINUTES),
                deviation(counts.hour(), earlier * expected.hour(), hourNoise.factor(), LARGE_IN_AN_HOUR));
    }

    private boolean isSilent(Expected expected, Counts counts) {
        double missing = Level.of(counts.levelHour(), expected.levelHour(), PRIOR) * expected.quiet();
        return counts.quietMicros() >= LEAST_SILENCE_MICROS
                && missing >= MISSING * fiveMinutesNoise.factor() * fiveMinutesNoise.factor();
    }

    /**
     * Whether one of the two weeks had an incident at this time. Which of them is not known, so that one counts which
     * fits now: the echo of an incident is none.
     */
    private boolean contradict(Expected last, Expected before) {
        return deviation(last.fiveMinutes(), before.fiveMinutes(), fiveMinutesNoise.factor(), LARGE_IN_AN_HOUR)
                        .beyond()
                || deviation(last.hour(), before.hour(), hourNoise.factor(), LARGE_IN_AN_HOUR)
                        .beyond()
                || deviation(last.levelHour(), before.levelHour(), hourNoise.factor(), LARGE_IN_AN_HOUR)
                        .beyond()
                || deviation(last.earlierHour(), before.earlierHour(), hourNoise.factor(), LARGE_IN_AN_HOUR)
                        .beyond();
    }

    private static Deviation deviation(double actual, double expected, double noise, double large) {
        return new Deviation(
                expected,
                actual,
                noise,
                difference(actual, expected) / noise,
                Math.abs(actual - expected) >= large * expected);
    }

    /** The distance of a count from what was expected, in standard deviations of a Poisson distribution. */
    static double difference(double actual, double expected) {
        return 2 * (Math.sqrt(actual + 0.375) - Math.sqrt(expected + 0.375));
    }

    /** The least count within the band. */
    public static double low(Deviation deviation) {
        double root = Math.sqrt(deviation.expected() + 0.375) - BAND / 2 * deviation.noise();
        return root <= 0 ? 0 : Math.max(0, root * root - 0.375);
    }

    /** The greatest count within the band. */
    public static double high(Deviation deviation) {
        double root = Math.sqrt(deviation.expected() + 0.375) + BAND / 2 * deviation.noise();
        return root * root - 0.375;
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
    public static VolumeDetector decode(DataInput in) throws IOException {
        VolumeDetector detector = new VolumeDetector();
        detector.incident = Incident.decode(in);
        detector.level = Level.decode(in);
        detector.fiveMinutesNoise = Dispersion.decode(in);
        detector.hourNoise = Dispersion.decode(in);
        return detector;
    }
}
