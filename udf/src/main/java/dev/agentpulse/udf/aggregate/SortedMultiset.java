package dev.agentpulse.udf.aggregate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Longs in ascending order, each with the number of times it is there.
 *
 * <p>Open, it is chunks of two arrays: a change is a binary search among the chunks and in one of them, and a shift of
 * part of that one, however many values there are and in whatever order they come. Packed ({@link #write}), it takes one
 * variable-length number a distinct value, its distance from the one before, and two more bytes or so where a value occurs
 * more than once: a hundred latencies of a second fit in about that many bytes.
 */
final class SortedMultiset {

    /** Distinct values of a chunk, at most. */
    static final int CHUNK = 1024;

    /** Most slices of most agents hold a value or two. */
    private static final int FIRST_CAPACITY = 2;

    /** In ascending order; none of them is empty. */
    private final List<Chunk> chunks = new ArrayList<>(1);

    private int distinct;
    private int total;

    /** Receives each distinct value. */
    interface Visitor {
        void accept(long value, int count);
    }

    private static final class Chunk {
        long[] values = new long[FIRST_CAPACITY];
        int[] counts = new int[FIRST_CAPACITY];
        int size;

        int find(long value) {
            return Arrays.binarySearch(values, 0, size, value);
        }

        long greatest() {
            return values[size - 1];
        }

        void insertAt(int index, long value, int count) {
            if (size == values.length) {
                int capacity = Math.min(CHUNK, size + (size >> 1));
                values = Arrays.copyOf(values, capacity);
                counts = Arrays.copyOf(counts, capacity);
            }
            System.arraycopy(values, index, values, index + 1, size - index);
            System.arraycopy(counts, index, counts, index + 1, size - index);
            values[index] = value;
            counts[index] = count;
            size++;
        }

        void removeAt(int index) {
            System.arraycopy(values, index + 1, values, index, size - index - 1);
            System.arraycopy(counts, index + 1, counts, index, size - index - 1);
            size--;
        }

        /** Keeps the lower half and gives the upper one. */
        Chunk split() {
            int kept = size / 2;
            Chunk upper = new Chunk();
            upper.values = Arrays.copyOfRange(values, kept, size + 1);
            upper.counts = Arrays.copyOfRange(counts, kept, size + 1);
            upper.size = size - kept;
            size = kept;
            return upper;
        }
    }

    void add(long value) {
        total++;
        if (distinct == 0 || value > greatest()) {
            append(value, 1);
            return;
        }
        int number = chunkOf(value);
        Chunk chunk = chunks.get(number);
        int index = chunk.find(value);
        if (index >= 0) {
            chunk.counts[index]++;
            return;
        }
        if (chunk.size == CHUNK) {
            Chunk upper = chunk.split();
            chunks.add(number + 1, upper);
            chunk = value > upper.values[0] ? upper : chunk;
            index = chunk.find(value);
        }
        chunk.insertAt(-index - 1, value, 1);
        distinct++;
    }

    /** Adds a value above all that are there. */
    private void append(long value, int count) {
        if (chunks.isEmpty() || last().size == CHUNK) {
            chunks.add(new Chunk());
        }
        last().insertAt(last().size, value, count);
        distinct++;
    }

    boolean contains(long value) {
        return distinct > 0 && chunks.get(chunkOf(value)).find(value) >= 0;
    }

    /** Removes one occurrence of a value that must be there. */
    void remove(long value) {
        int number = chunkOf(value);
        int index = distinct == 0 ? -1 : chunks.get(number).find(value);
        if (index < 0) {
            throw new IllegalStateException("value to remove must be present but " + value + " is not");
        }
        Chunk chunk = chunks.get(number);
        if (--chunk.counts[index] == 0) {
            chunk.removeAt(index);
            distinct--;
            if (chunk.size == 0) {
                chunks.remove(number);
            }
        }
        total--;
    }

    /** The last chunk that begins at or before a value, or the first one. */
    private int chunkOf(long value) {
        int from = 0;
        int to = chunks.size() - 1;
        while (from < to) {
            int middle = (from + to + 1) >>> 1;
            if (chunks.get(middle).values[0] <= value) {
                from = middle;
            } else {
                to = middle - 1;
            }
        }
        return from;
    }

    /** How many values there are, repeated ones counted each time. */
    int total() {
        return total;
    }

    boolean isEmpty() {
        return total == 0;
    }

    /** The greatest value; the multiset must not be empty. */
    long greatest() {
        return last().greatest();
    }

    private Chunk last() {
        return chunks.get(chunks.size() - 1);
    }

    /** Hands over the distinct values in ascending order. */
    void forEach(Visitor visitor) {
        for (Chunk chunk : chunks) {
            for (int i = 0; i < chunk.size; i++) {
                visitor.accept(chunk.values[i], chunk.counts[i]);
            }
        }
    }

    void write(PackedOutput out) {
        out.writeUnsigned(total);
        boolean first = true;
        long previous = 0;
        for (Chunk chunk : chunks) {
            for (int i = 0; i < chunk.size; i++) {
                long value = chunk.values[i];
                if (first) {
                    out.writeSigned(value);
                } else {
                    out.writeUnsigned(value - previous);
                }
                if (chunk.counts[i] > 1) {
                    // No distance between distinct values is zero, so a zero can announce a count.
                    out.writeUnsigned(0);
                    out.writeUnsigned(chunk.counts[i]);
                }
                first = false;
                previous = value;
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
            result.append(value, count);
            result.total += count;
        }
        return result;
    }
}
