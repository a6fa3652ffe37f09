package dev.agentpulse.udf.aggregate;

import java.util.Arrays;

/**
 * Additive parts of the queries of a span of time, from which every figure of it follows; those of two spans add up to
 * those of both. They may also be a difference, less than nothing of something, because a query that is taken out need
 * not be in.
 *
 * <p>Latencies are kept as {@link LatencyHistogram} reports them: a value up to ten seconds as it is, a greater one as the
 * upper end of its bin. So the number of entries is bounded by some 12,000, and a percentile read from them is the one that
 * the windows show. They lie in two arrays, eight bytes an entry; no count is zero.
 */
public final class QueryTotals {

    private static final byte FORMAT_VERSION = 1;

    /** Only asked how it reports a value. */
    private static final LatencyHistogram SCALE = new LatencyHistogram(QueryWindow.EXACT_LATENCY_MS);

    private static final int FIRST_ENTRIES = 4;

    private long queries;
    private long latencySum;
    private long approved;
    private long rejected;
    private long edited;
    private long purged;
    private int[] values = {};
    private int[] counts = {};
    private int entries;

    /** Puts a query in ({@code sign} 1) or takes it out (−1). */
    public void add(QueryEvent event, int sign) {
        queries += sign;
        Boolean review = event.approved();
        if (review != null && review) {
            approved += sign;
        } else if (review != null) {
            rejected += sign;
        }
        if (event.humanEdited()) {
            edited += sign;
        }
        if (event.latencyMs() != null) {
            latencySum += (long) sign * event.latencyMs();
            count(Math.toIntExact(SCALE.reported(event.latencyMs())), sign);
        }
    }

    /** Counts a row that was removed from the table although it stays in the figures. */
    public void addPurged() {
        purged++;
    }

    /** Puts in what another holds. */
    public void add(QueryTotals other) {
        queries += other.queries;
        latencySum += other.latencySum;
        approved += other.approved;
        rejected += other.rejected;
        edited += other.edited;
        purged += other.purged;
        merge(other);
    }

    private void count(int value, int by) {
        int found = Arrays.binarySearch(values, 0, entries, value);
        if (found >= 0) {
            counts[found] += by;
            if (counts[found] == 0) {
                System.arraycopy(values, found + 1, values, found, entries - found - 1);
                System.arraycopy(counts, found + 1, counts, found, entries - found - 1);
                entries--;
            }
            return;
        }
        int place = -found - 1;
        if (entries == values.length) {
            int room = Math.max(FIRST_ENTRIES, entries + entries / 2);
            values = Arrays.copyOf(values, room);
            counts = Arrays.copyOf(counts, room);
        }
        System.arraycopy(values, place, values, place + 1, entries - place);
        System.arraycopy(counts, place, counts, place + 1, entries - place);
        values[place] = value;
        counts[place] = by;
        entries++;
    }

    private void merge(QueryTotals other) {
        if (other.entries == 0) {
            return;
        }
        int[] mergedValues = new int[entries + other.entries];
        int[] mergedCounts = new int[entries + other.entries];
        int merged = 0;
        int mine = 0;
        int theirs = 0;
        while (mine < entries || theirs < other.entries) {
            boolean takeMine = mine < entries && (theirs == other.entries || values[mine] <= other.values[theirs]);
            boolean takeTheirs = theirs < other.entries && (mine == entries || other.values[theirs] <= values[mine]);
            int value = takeMine ? values[mine] : other.values[theirs];
            int count = (takeMine ? counts[mine++] : 0) + (takeTheirs ? other.counts[theirs++] : 0);
            if (count != 0) {
                mergedValues[merged] = value;
                mergedCounts[merged++] = count;
            }
        }
        values = Arrays.copyOf(mergedValues, merged);
        counts = Arrays.copyOf(mergedCounts, merged);
        entries = merged;
    }

    /** Whether nothing is counted of anything. */
    public boolean isZero() {
        return queries == 0
                && latencySum == 0
                && approved == 0
                && rejected == 0
                && edited == 0
                && purged == 0
                && entries == 0;
    }

    public long queryCount() {
        return queries;
    }

    public long latencySum() {
        return latencySum;
    }

    public long approvedCount() {
        return approved;
    }

    public long rejectedCount() {
        return rejected;
    }

    public long editedCount() {
        return edited;
    }

    public long purgedCount() {
        return purged;
    }

    /** The latencies that are counted, ascending. */
    public int[] latencyValues() {
        return Arrays.copyOf(values, entries);
    }

    /** How often each of {@link #latencyValues} is counted; none is zero. */
    public int[] latencyCounts() {
        return Arrays.copyOf(counts, entries);
    }

    /** As bytes, of which the first is a format version. */
    public byte[] encode() {
        PackedOutput out = new PackedOutput();
        out.writeUnsigned(FORMAT_VERSION);
        out.writeSigned(queries);
        out.writeSigned(latencySum);
        out.writeSigned(approved);
        out.writeSigned(rejected);
        out.writeSigned(edited);
        out.writeSigned(purged);
        out.writeUnsigned(entries);
        int last = 0;
        for (int i = 0; i < entries; i++) {
            out.writeSigned((long) values[i] - last);
            out.writeSigned(counts[i]);
            last = values[i];
        }
        return out.toByteArray();
    }

    /** The inverse of {@link #encode}. */
    public static QueryTotals decode(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != FORMAT_VERSION) {
            throw new IllegalArgumentException("format version of encoded totals must be " + FORMAT_VERSION + " but is "
                    + (bytes.length == 0 ? "missing" : bytes[0]));
        }
        PackedInput in = new PackedInput(bytes);
        in.readUnsigned();
        QueryTotals totals = new QueryTotals();
        totals.queries = in.readSigned();
        totals.latencySum = in.readSigned();
        totals.approved = in.readSigned();
        totals.rejected = in.readSigned();
        totals.edited = in.readSigned();
        totals.purged = in.readSigned();
        totals.entries = in.readCount();
        totals.values = new int[totals.entries];
        totals.counts = new int[totals.entries];
        int last = 0;
        for (int i = 0; i < totals.entries; i++) {
            last = Math.toIntExact(last + in.readSigned());
            totals.values[i] = last;
            totals.counts[i] = Math.toIntExact(in.readSigned());
        }
        return totals;
    }
}
