package dev.agentpulse.udf.aggregate;

import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Counts by value, from which any percentile can be read, and out of which any value can be taken again.
 *
 * <p>The percentile is SQL's {@code percentile_disc}: the smallest value with at least that share of all values at or
 * below it. Values up to {@code exactLimit}, negative ones included, have a counter each and are reported exactly.
 * Greater ones share counters in bins whose width is at most 1/128 of the values in them, the idea of HdrHistogram
 * (hdrhistogram.org), and are reported as the upper end of their bin: never below the true value, and less than 1 %
 * above it.
 *
 * <p>Counters come in pages that exist while something is counted on them, so memory and the cost of a percentile follow
 * the spread of the values, not their number.
 */
public final class LatencyHistogram {

    private static final int PAGE_BITS = 5;
    private static final int PAGE_SIZE = 1 << PAGE_BITS;

    /** Bits of a value, below its leading one, that tell its bin: 2^7 bins from one power of two to the next. */
    private static final int BIN_BITS = 7;

    private static final int BINS = 1 << BIN_BITS;

    private final long exactLimit;

    /** How far bin numbers above the limit are moved so that they follow the last exact one. */
    private final long binShift;

    private final TreeMap<Long, Page> pages = new TreeMap<>();
    private long total;

    public LatencyHistogram(long exactLimit) {
        if (exactLimit < 0 || exactLimit > WindowSpec.LIMIT_MICROS) {
            throw new IllegalArgumentException(
                    "exactLimit must be in 0.." + WindowSpec.LIMIT_MICROS + " but is " + exactLimit);
        }
        this.exactLimit = exactLimit;
        this.binShift = exactLimit + 1 - bin(exactLimit + 1);
    }

    public void add(long value, int count) {
        requirePositive(count);
        long index = index(value);
        Page page = pages.computeIfAbsent(index >> PAGE_BITS, number -> new Page());
        page.counts[(int) (index & (PAGE_SIZE - 1))] += count;
        page.total += count;
        total += count;
    }

    /** Takes out values that are in. */
    public void remove(long value, int count) {
        requirePositive(count);
        long index = index(value);
        Page page = pages.get(index >> PAGE_BITS);
        int counter = (int) (index & (PAGE_SIZE - 1));
        if (page == null || page.counts[counter] < count) {
            throw new IllegalStateException("count to remove must be at most what was added, but for value " + value
                    + " it is " + count + " of " + (page == null ? 0 : page.counts[counter]));
        }
        page.counts[counter] -= count;
        page.total -= count;
        total -= count;
        if (page.total == 0) {
            pages.remove(index >> PAGE_BITS);
        }
    }

    public long total() {
        return total;
    }

    /** The value at a percentile in 1..100; empty if nothing is counted. */
    public OptionalLong percentile(int percent) {
        if (percent < 1 || percent > 100) {
            throw new IllegalArgumentException("percent must be in 1..100 but is " + percent);
        }
        if (total == 0) {
            return OptionalLong.empty();
        }
        // The rank ceil(percent * total / 100), in whole numbers.
        long before = Math.multiplyExact(percent, total) + 99;
        long rank = before / 100;
        for (var entry : pages.entrySet()) {
            Page page = entry.getValue();
            if (rank > page.total) {
                rank -= page.total;
                continue;
            }
            int counter = 0;
            while (rank > page.counts[counter]) {
                rank -= page.counts[counter++];
            }
            return OptionalLong.of(valueOf((entry.getKey() << PAGE_BITS) + counter));
        }
        throw new IllegalStateException("the totals of all pages must sum up to " + total);
    }

    /** What a percentile reports for a value: itself, or the upper end of its bin. */
    public long reported(long value) {
        return valueOf(index(value));
    }

    private long index(long value) {
        return value <= exactLimit ? value : bin(value) + binShift;
    }

    private long valueOf(long index) {
        return index <= exactLimit ? index : upperEnd(index - binShift);
    }

    /** Bins of a non-negative value, numbered upwards without a gap; below 2^8 every value has its own. */
    private static long bin(long value) {
        int shift = Math.max(0, 63 - Long.numberOfLeadingZeros(value) - BIN_BITS);
        return (long) shift * BINS + (value >> shift);
    }

    private static long upperEnd(long bin) {
        if (bin < 2 * BINS) {
            return bin;
        }
        int shift = (int) (bin / BINS) - 1;
        return ((bin % BINS + BINS + 1) << shift) - 1;
    }

    private static void requirePositive(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1 but is " + count);
        }
    }

    private static final class Page {
        private final int[] counts = new int[PAGE_SIZE];
        private long total;
    }
}
