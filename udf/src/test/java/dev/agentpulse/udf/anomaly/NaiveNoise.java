package dev.agentpulse.udf.anomaly;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** How much a figure scatters, from the list of all its samples. */
final class NaiveNoise {

    private static final int ENOUGH = 16;

    private final TreeMap<Long, Double> samples = new TreeMap<>();

    /** No number where it is to be computed. */
    private double factor = 1;

    /** As they are kept: to a 256th, below 128; none that is not newer than all before. */
    void add(long slot, double z) {
        if (!samples.isEmpty() && slot <= samples.lastKey()) {
            return;
        }
        samples.put(slot, Math.min(Short.MAX_VALUE, Math.round(Math.abs(z) * 256)) / 256.0);
        factor = Double.NaN;
    }

    double factor() {
        if (Double.isNaN(factor)) {
            long newest = samples.lastKey();
            List<Double> sameHours = sevenDays().entrySet().stream()
                    .filter(sample -> near((newest - sample.getKey()) % 96))
                    .map(sample -> sample.getValue())
                    .toList();
            factor = Math.max(1, 1.4826 * Math.max(median(sevenDays().values()), median(sameHours)));
        }
        return factor;
    }

    boolean isKnown() {
        return sevenDays().size() >= ENOUGH;
    }

    /** Whether one of the samples is a day older than the newest. */
    boolean isKnownOfADay() {
        return isKnown() && sevenDays().firstKey() <= samples.lastKey() - 96;
    }

    private NavigableMap<Long, Double> sevenDays() {
        return samples.isEmpty() ? samples : samples.tailMap(samples.lastKey() - Slots.WEEK, false);
    }

    private static boolean near(long slotsOfADay) {
        return slotsOfADay <= 8 || slotsOfADay >= 88;
    }

    /** 0 of too few. */
    static double median(Iterable<Double> values) {
        List<Double> sorted = new ArrayList<>();
        values.forEach(sorted::add);
        sorted.sort(null);
        int count = sorted.size();
        return count < ENOUGH ? 0 : (sorted.get((count - 1) / 2) + sorted.get(count / 2)) / 2;
    }
}
