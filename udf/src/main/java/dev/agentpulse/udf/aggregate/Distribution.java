package dev.agentpulse.udf.aggregate;

import java.util.Arrays;

/**
 * How often each value occurs; a count may be below zero, in a difference. The values lie in ascending order in two arrays,
 * eight bytes an entry; no count is zero.
 */
final class Distribution {

    private static final int FIRST_ENTRIES = 4;

    private int[] values = {};
    private int[] counts = {};
    private int entries;

    void count(int value, int by) {
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

    void add(Distribution other) {
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

    boolean isEmpty() {
        return entries == 0;
    }

    int entries() {
        return entries;
    }

    int[] values() {
        return Arrays.copyOf(values, entries);
    }

    int[] counts() {
        return Arrays.copyOf(counts, entries);
    }

    void write(PackedOutput out) {
        out.writeUnsigned(entries);
        int last = 0;
        for (int i = 0; i < entries; i++) {
            out.writeSigned((long) values[i] - last);
            out.writeSigned(counts[i]);
            last = values[i];
        }
    }

    static Distribution read(PackedInput in) {
        Distribution read = new Distribution();
        read.entries = in.readCount();
        read.values = new int[read.entries];
        read.counts = new int[read.entries];
        int last = 0;
        for (int i = 0; i < read.entries; i++) {
            last = Math.toIntExact(last + in.readSigned());
            read.values[i] = last;
            read.counts[i] = Math.toIntExact(in.readSigned());
        }
        return read;
    }
}
