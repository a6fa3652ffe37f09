package dev.agentpulse.udf.anomaly;

import dev.agentpulse.udf.outlook.SlotCalendar;
import java.util.List;

/**
 * What the weeks before had at a time, from the list of the sums of all quarters of an hour.
 *
 * @param quarters the one that ends at {@code n} times 15 minutes at {@code n - 1}
 * @param first number of the first that is known
 */
record NaiveWeeks(List<Double> quarters, long first) {

    /** How far the spans that are asked for reach back, and the smoothing, in quarters of an hour. */
    private static final int REACHES_BACK = 9 + 2;

    boolean knows(int halfMinute, int week) {
        return Math.floorDiv(halfMinute, 30) - week * Slots.WEEK - REACHES_BACK >= first;
    }

    /** The sum of some half-minutes up to the end of one: at most 30, or whole quarters of an hour. */
    double sum(int end, int halfMinutes, int week) {
        double sum = 0;
        int rest = halfMinutes;
        while (rest > 0) {
            int piece = Math.min(rest, 30);
            sum += rate((end - halfMinutes + rest - piece / 2.0) / 2 - week * 7 * 24 * 60) * piece / 30;
            rest -= piece;
        }
        return sum;
    }

    /** The rate at a minute: every quarter by how near its middle is, up to half an hour. */
    private double rate(double minute) {
        double sum = 0;
        double weights = 0;
        int nearest = (int) (minute / 15);
        for (int number = nearest - 1; number <= nearest + 3; number++) {
            double weight = Math.max(0, 30 - Math.abs(number * 15 - 7.5 - minute));
            sum += weight * quarters.get(number - 1);
            weights += weight;
        }
        return sum / weights;
    }

    Slots slots() {
        return new LocalSlots(SlotCalendar.UTC, first, start -> quarters.get((int) start));
    }
}
