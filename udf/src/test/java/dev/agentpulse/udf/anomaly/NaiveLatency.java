package dev.agentpulse.udf.anomaly;

import static dev.agentpulse.udf.anomaly.NaiveLog.FIVE_MINUTES;
import static dev.agentpulse.udf.anomaly.NaiveLog.FOR_AN_HOUR;
import static dev.agentpulse.udf.anomaly.NaiveLog.FOR_FIVE_MINUTES;
import static dev.agentpulse.udf.anomaly.NaiveLog.HOUR;

import dev.agentpulse.udf.anomaly.RecentQueries.Part;

/** The rule for latencies by its definition, over the list of all half-minutes. */
final class NaiveLatency {

    private final NaiveLog log;
    private final NaiveWeeks counts;
    private final NaiveWeeks sums;
    private final NaiveNoise fiveMinutesNoise = new NaiveNoise();
    private final NaiveNoise hourNoise = new NaiveNoise();
    private final NaiveLevel level = new NaiveLevel();
    private final NaiveIncident incident = new NaiveIncident();

    NaiveLatency(NaiveLog log, NaiveWeeks counts, NaiveWeeks sums) {
        this.log = log;
        this.counts = counts;
        this.sums = sums;
    }

    boolean isOpen() {
        return incident.openedAt() > 0;
    }

    void next(int now) {
        double current = level(now, FOR_FIVE_MINUTES);
        Deviation five = judge(now, FIVE_MINUTES, current, fiveMinutesNoise);
        Deviation hour = judge(now, HOUR, level(now, FOR_AN_HOUR), hourNoise);
        incident.look(five, hour, false);
        level.look(now, current, isOpen());
    }

    /** Notes what a quarter of an hour ends with, and compares. */
    private Deviation judge(int now, int halfMinutes, double levelNow, NaiveNoise noise) {
        double n = log.sum(Part.TIMED, now, halfMinutes);
        double average = log.sum(Part.LATENCY, now, halfMinutes) / n;
        double usual = usual(now, halfMinutes);
        if (n < 20 || average == 0 || !isKnown(now)) {
            return Deviation.NONE;
        }
        double variance = log.sum(Part.LATENCY_SQUARES, now, halfMinutes) / n - average * average;
        double chance = Math.max(Math.sqrt(Math.max(0, variance)) / average, 0.01) / Math.sqrt(n);
        if (now % 30 == 0) {
            noise.add(now / 30, Math.log(average / (levelNow * usual)) / chance);
        }
        if (!noise.isKnownOfADay()) {
            return Deviation.NONE;
        }
        double expected = usual * level.nearest(now, levelNow, average / usual);
        double z = Math.log(average / expected) / chance / noise.factor();
        return new Deviation(expected, average, noise.factor(), z, average >= 1.5 * expected);
    }

    private boolean isKnown(int now) {
        return usual(now, FIVE_MINUTES) > 0 && usual(now, HOUR) > 0;
    }

    /** The average that the weeks have that are known. */
    private double usual(int end, int halfMinutes) {
        double count = 0;
        double sum = 0;
        for (int week = 1; week <= 2; week++) {
            if (counts.knows(end, week)) {
                count += counts.sum(end, halfMinutes, week);
                sum += sums.sum(end, halfMinutes, week);
            }
        }
        return sum / count;
    }

    private double level(int now, int gap) {
        double usual = usual(now - gap, HOUR);
        double sum = log.sum(Part.LATENCY, now - gap, HOUR);
        return usual > 0 ? NaiveLevel.of(sum / usual, log.sum(Part.TIMED, now - gap, HOUR)) : 1;
    }
}
