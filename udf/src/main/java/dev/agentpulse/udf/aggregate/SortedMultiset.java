package dev.agentpulse.udf.aggregate;

import java.util.Arrays;

/**
 * Longs in ascending order, each with the number of times it is there.
 *
 * <p>Open, it is two arrays: a change is a binary search and a shift, and the shift is short where values arrive nearly
 * in order. Packed ({@link #write}), it takes one variable-length number a distinct value, its distance from the one
 * before, and two more bytes or so where a value occurs more than once: a hundred latencies of a second fit in about
 * that many bytes.
 */
final class SortedMultiset {

    private static final int FIRST_CAPACITY = 8;

    private long[] values = {};
    private int[] counts = {};
    private int distinct;
    private int total;

    void add(long value) {
        int index = Arrays.binarySearch(values, 0, distinct, value);
        if (index >= 0) {
            counts[index]++;
        } else {
            insertAt(-index - 1, value, 1);
        }
        total++;
    }

    boolean contains(long value) {
        return Arrays.binarySearch(values, 0, distinct, value) >= 0;
    }

    /** Removes one occurrence of a value that must be there. */
    void remove(long value) {
        int index = Arrays.binarySearch(values, 0, distinct, value);
        if (index < 0) {
            throw new IllegalStateException("value to remove must be present but " + value + " is not");
        }
        if (--counts[index] == 0) {
            System.arraycopy(values, index + 1, values, index, distinct - index - 1);
            System.arraycopy(counts, index + 1, counts, index, distinct - index - 1);
            distinct--;
        }
        total--;
    }

    /** How many values there are, repeated ones counted each time. */
    int total() {
        return total;
    }

    int distinct() {
        return distinct;
    }

    /** The distinct value at an index in ascending order. */
    long valueAt(int index) {
        return values[index];
    }

    int countAt(int index) {
        return counts[index];
    }

    boolean isEmpty() {
        return total == 0;
    }

    /** The greatest value; the multiset must not be empty. */
    long greatest() {
        return values[distinct - 1];
    }

    void write(PackedOutput out) {
        out.writeUnsigned(total);
        for (int i = 0; i < distinct; i++) {
            if (i == 0) {
                out.writeSigned(values[0]);
            } else {
                out.writeUnsigned(values[i] - values[i - 1]);
            }
            if (counts[i] > 1) {
                // No distance between distinct values is zero, so a zero can announce a count.
                out.writeUnsigned(0);
                out.writeUnsigned(counts[i]);
            }
        }
    }

    static SortedMultiset read(PackedInput in) {
        SortedMultiset result = new SortedMultiset();
        int total = in.readCount();
        while (result.total < total) {
            long value = result.distinct == 0 ? in.readSigned() : result.greatest() + in.readUnsigned();
            // Behind the last value of the multiset a zero belongs to whatever was written next.
            boolean repeated = result.total + 1 < total && in.skipZero();
            int count = repeated ? in.readCount() : 1;
            result.insertAt(result.distinct, value, count);
            result.total += count;
        }
        return result;
    }

    private void insertAt(int index, long value, int count) {
        if (distinct == values.length) {
            int capacity = Math.max(FIRST_CAPACITY, values.length + (values.length >> 1));
            values = Arrays.copyOf(values, capacity);
            counts = Arrays.copyOf(counts, capacity);
        }
        System.arraycopy(values, index, values, index + 1, distinct - index);
        System.arraycopy(counts, index, counts, index + 1, distinct - index);
        values[index] = value;
        counts[index] = count;
        distinct++;
    }
}
