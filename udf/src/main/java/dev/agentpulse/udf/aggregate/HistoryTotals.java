package dev.agentpulse.udf.aggregate;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Additive parts of the rows of a span of time, from which every figure of it follows; those of two spans add up to those
 * of both. They may also be a difference, less than nothing of something, because a row that is taken out need not be in.
 *
 * <p>There are counts, sums of decimals, one distribution of whole numbers, and counts of texts; how many of each, and what
 * they mean, is the caller's, see {@link HistoryEvent}.
 */
public final class HistoryTotals {

    private static final byte FORMAT_VERSION = 2;

    private final long[] counts;
    private final BigDecimal[] sums;
    private final List<NavigableMap<String, Integer>> texts = new ArrayList<>();
    private Distribution values = new Distribution();
    private long purged;

    /** Nothing of so many counts, sums and counts of texts. */
    public HistoryTotals(int counts, int sums, int texts) {
        this.counts = new long[counts];
        this.sums = new BigDecimal[sums];
        Arrays.fill(this.sums, BigDecimal.ZERO);
        for (int i = 0; i < texts; i++) {
            this.texts.add(new TreeMap<>());
        }
    }

    void count(int place, long by) {
        counts[place] += by;
    }

    /** Adds to a sum, or takes away for a negative sign. */
    void sum(int place, BigDecimal by, int sign) {
        BigDecimal sum = sign > 0 ? sums[place].add(by) : sums[place].subtract(by);
        // Otherwise the scale would never shrink again.
        sums[place] = sum.signum() == 0 ? BigDecimal.ZERO : sum;
    }

    void value(int value, int by) {
        values.count(value, by);
    }

    void text(int place, String text, int by) {
        texts.get(place).merge(text, by, (before, change) -> before + change == 0 ? null : before + change);
    }

    /** Counts a row that was removed from the table although it stays in the figures. */
    public void addPurged() {
        purged++;
    }

    /** Puts in what another, of the same parts, holds. */
    public void add(HistoryTotals other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        for (int i = 0; i < sums.length; i++) {
            sum(i, other.sums[i], 1);
        }
        for (int i = 0; i < texts.size(); i++) {
            int place = i;
            other.texts.get(i).forEach((text, count) -> text(place, text, count));
        }
        values.add(other.values);
        purged += other.purged;
    }

    /** Puts in parts as {@link #counts} and the others give them. */
    public void add(
            long[] ofCounts,
            BigDecimal[] ofSums,
            int[] ofValues,
            int[] valueCounts,
            String[][] ofTexts,
            int[][] textCounts,
            long purgedRows) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += ofCounts[i];
        }
        for (int i = 0; i < sums.length; i++) {
            sum(i, ofSums[i], 1);
        }
        for (int i = 0; i < ofValues.length; i++) {
            values.count(ofValues[i], valueCounts[i]);
        }
        for (int i = 0; i < ofTexts.length; i++) {
            for (int j = 0; j < ofTexts[i].length; j++) {
                text(i, ofTexts[i][j], textCounts[i][j]);
            }
        }
        purged += purgedRows;
    }

    /** Whether nothing is counted of anything. */
    public boolean isZero() {
        return purged == 0
                && Arrays.stream(counts).allMatch(count -> count == 0)
                && Arrays.stream(sums).allMatch(sum -> sum.signum() == 0)
                && values.isEmpty()
                && texts.stream().allMatch(NavigableMap::isEmpty);
    }

    public long[] counts() {
        return counts.clone();
    }

    public BigDecimal[] sums() {
        return sums.clone();
    }

    public long purgedCount() {
        return purged;
    }

    /** How many different values the distribution has. */
    public int differentValues() {
        return values.entries();
    }

    /** The whole numbers that occur, ascending. */
    public int[] values() {
        return values.values();
    }

    /** How often each of {@link #values} occurs; none is zero. */
    public int[] valueCounts() {
        return values.counts();
    }

    /** The texts that occur, and how often; none is zero. */
    public NavigableMap<String, Integer> texts(int place) {
        return new TreeMap<>(texts.get(place));
    }

    /** As bytes, of which the first is a format version. */
    public byte[] encode() {
        PackedOutput out = new PackedOutput();
        out.writeUnsigned(FORMAT_VERSION);
        out.writeUnsigned(counts.length);
        out.writeUnsigned(sums.length);
        out.writeUnsigned(texts.size());
        for (long count : counts) {
            out.writeSigned(count);
        }
        for (BigDecimal sum : sums) {
            out.writeDecimal(sum);
        }
        for (NavigableMap<String, Integer> counted : texts) {
            out.writeUnsigned(counted.size());
            counted.forEach((text, count) -> {
                out.writeString(text);
                out.writeSigned(count);
            });
        }
        out.writeSigned(purged);
        values.write(out);
        return out.toByteArray();
    }

    /** The inverse of {@link #encode}. */
    public static HistoryTotals decode(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != FORMAT_VERSION) {
            throw new IllegalArgumentException("format version of encoded totals must be " + FORMAT_VERSION + " but is "
                    + (bytes.length == 0 ? "missing" : bytes[0]));
        }
        PackedInput in = new PackedInput(bytes);
        in.readUnsigned();
        HistoryTotals totals = new HistoryTotals(in.readCount(), in.readCount(), in.readCount());
        for (int i = 0; i < totals.counts.length; i++) {
            totals.counts[i] = in.readSigned();
        }
        for (int i = 0; i < totals.sums.length; i++) {
            totals.sums[i] = in.readDecimal();
        }
        for (NavigableMap<String, Integer> counted : totals.texts) {
            for (int left = in.readCount(); left > 0; left--) {
                counted.put(in.readString(), Math.toIntExact(in.readSigned()));
            }
        }
        totals.purged = in.readSigned();
        totals.values = Distribution.read(in);
        return totals;
    }
}
