package dev.agentpulse.udf.anomaly;

import static dev.agentpulse.udf.anomaly.NaiveLog.FIVE_MINUTES;
import static dev.agentpulse.udf.anomaly.NaiveLog.FOR_AN_HOUR;
import static dev.agentpulse.udf.anomaly.NaiveLog.FOR_FIVE_MINUTES;
import static dev.agentpulse.udf.anomaly.NaiveLog.HOUR;

import dev.agentpulse.udf.anomaly.RecentQueries.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** The rule for the number of queries by its definition, over the list of all half-minutes. */
final class NaiveVolume {

    private final NaiveLog log;
    private final NaiveWeeks weeks;
    private final NaiveNoise fiveMinutesNoise = new NaiveNoise();
    private final NaiveNoise hourNoise = new NaiveNoise();
    private final NaiveLevel level = new NaiveLevel();
    private final NaiveIncident incident = new NaiveIncident();

    NaiveVolume(NaiveLog log, NaiveWeeks weeks) {
        this.log = log;
        this.weeks = weeks;
    }

    boolean isOpen() {
        return incident.openedAt() > 0;
    }

    /** From the quarters of an hour of the last week, each against the week before it. */
    private void learn(int open) {
        for (int quarter = open - Slots.WEEK; quarter < open; quarter++) {
            int end = quarter * 30;
            if (weeks.knows(end, 1)) {
                double hourBefore = weeks.quarters().subList(quarter - 5, quarter - 1).stream()
                        .mapToDouble(sum -> sum)
                        .sum();
                double expected = NaiveLevel.of(hourBefore, weeks.sum(end - 30, HOUR, 1)) * weeks.sum(end, 30, 1);
                double z = difference(weeks.quarters().get(quarter - 1), expected) / Math.sqrt(1.375);
                fiveMinutesNoise.add(quarter, z);
                hourNoise.add(quarter, z);
            }
        }
    }

    VolumeDetector.Found next(int now) {
        if (!hourNoise.isKnown()) {
            learn(now / 30);
        }
        if (!weeks.knows(now, 1)) {
            incident.look(Deviation.NONE, Deviation.NONE, false);
            return VolumeDetector.Found.NOTHING;
        }
        List<Integer> both = weeks.knows(now, 2) ? List.of(1, 2) : List.of(1);
        double current = level(now, FOR_FIVE_MINUTES, both);
        if (now % 30 == 0) {
            double earlier = level(now, FOR_AN_HOUR, both);
            fiveMinutesNoise.add(
                    now / 30,
                    difference(log.sum(Part.COUNT, now, FIVE_MINUTES), current * expected(now, FIVE_MINUTES, both)));
            hourNoise.add(now / 30, difference(log.sum(Part.COUNT, now, HOUR), earlier * expected(now, HOUR, both)));
        }
        List<List<Integer>> candidates = new ArrayList<>(List.of(both));
        if (both.size() == 2 && contradict(now)) {
            candidates.add(List.of(1));
            candidates.add(List.of(2));
        }
        Deviation five = nearest(candidates, of -> compare(now, FIVE_MINUTES, FOR_FIVE_MINUTES, of));
        Deviation hour = nearest(candidates, of -> compare(now, HOUR, FOR_AN_HOUR, of));
        if (hourNoise.isKnown()) {
            incident.look(five, hour, candidates.stream().allMatch(of -> isSilent(now, of)));
            level.look(now, current, isOpen());
        }
        return new VolumeDetector.Found(true, five, hour);
    }

    private static Deviation nearest(List<List<Integer>> candidates, Function<List<Integer>, Deviation> compare) {
        return candidates.stream()
                .map(compare)
                .min(Comparator.comparing(deviation -> Math.abs(deviation.z())))
                .orElseThrow();
    }

    private double expected(int now, int halfMinutes, List<Integer> of) {
        return of.stream()
                .mapToDouble(week -> weeks.sum(now, halfMinutes, week))
                .average()
                .orElseThrow();
    }

    private double level(int now, int gap, List<Integer> of) {
        return NaiveLevel.of(log.sum(Part.COUNT, now - gap, HOUR), expected(now - gap, HOUR, of));
    }

    private Deviation compare(int now, int halfMinutes, int gap, List<Integer> of) {
        boolean isHour = halfMinutes == HOUR;
        double usual = expected(now, halfMinutes, of);
        double count = log.sum(Part.COUNT, now, halfMinutes);
        double expected = usual * level.nearest(now, level(now, gap, of), count / Math.max(1, usual));
        return deviation(count, expected, isHour ? hourNoise : fiveMinutesNoise, isHour ? 0.4 : 0.5);
    }

    private static Deviation deviation(double count, double expected, NaiveNoise noise, double large) {
        return new Deviation(
                expected,
                count,
                noise.factor(),
                difference(count, expected) / noise.factor(),
                Math.abs(count - expected) >= large * expected);
    }

    private static double difference(double count, double expected) {
        return 2 * (Math.sqrt(count + 3.0 / 8) - Math.sqrt(expected + 3.0 / 8));
    }

    /** Nine queries by the square of the noise are missing since the last one, which was two minutes ago or longer. */
    private boolean isSilent(int now, List<Integer> of) {
        int quiet = log.quiet(now);
        double missing = level(now, FOR_FIVE_MINUTES, of) * expected(now, quiet, of);
        return quiet >= 4 && missing >= 9 * Math.pow(fiveMinutesNoise.factor(), 2);
    }

    /** One of the weeks had what chance does not make of the other. */
    private boolean contradict(int now) {
        return contradict(now, FIVE_MINUTES, fiveMinutesNoise)
                || contradict(now, HOUR, hourNoise)
                || contradict(now - FOR_FIVE_MINUTES, HOUR, hourNoise)
                || contradict(now - FOR_AN_HOUR, HOUR, hourNoise);
    }

    private boolean contradict(int end, int halfMinutes, NaiveNoise noise) {
        Deviation between = deviation(weeks.sum(end, halfMinutes, 1), weeks.sum(end, halfMinutes, 2), noise, 0.4);
        return between.large() && Math.abs(between.z()) > 5;
    }
}
