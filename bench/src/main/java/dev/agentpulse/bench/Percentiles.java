package dev.agentpulse.bench;

import java.util.Arrays;

/** Percentiles of a sample by nearest rank: each is a value that was measured. */
public final class Percentiles {

    private final long[] sorted;

    public Percentiles(long[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a sample needs at least one value, but has none");
        }
        this.sorted = values.clone();
        Arrays.sort(sorted);
    }

    /** The smallest value that at least {@code percent} of the sample do not exceed. */
    public long at(double percent) {
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException("percent must be above 0 and at most 100, but is " + percent);
        }
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.max(1, rank) - 1];
    }

    public long max() {
        return sorted[sorted.length - 1];
    }

    public int size() {
        return sorted.length;
    }
}
