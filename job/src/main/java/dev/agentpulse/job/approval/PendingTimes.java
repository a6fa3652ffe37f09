package dev.agentpulse.job.approval;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * When the pending approvals were created, in ascending order, in eight bytes each: any number of them can be counted,
 * summed and found by rank.
 *
 * <p>Kept in chunks. A change shifts at most one chunk; a question sums up whole chunks and searches one. With a million
 * times there are some two thousand chunks.
 */
final class PendingTimes {

    static final int CHUNK = 1024;
    private static final int LOW_BITS = 20;

    /** Chunk by chunk, none of them empty; from {@link #chunkCount} on unused. */
    private long[][] chunks = new long[4][];

    private int[] sizes = new int[4];

    /** Sums of a chunk's times, in two parts so that neither overflows: of their upper bits, and of the other 20. */
    private long[] highSums = new long[4];

    private long[] lowSums = new long[4];

    private int chunkCount;
    private int size;

    int size() {
        return size;
    }

    void add(long micros) {
        if (chunkCount == 0) {
            insertChunk(0, new long[CHUNK]);
        }
        int chunk = chunkOf(micros);
        if (sizes[chunk] == CHUNK) {
            split(chunk);
            chunk = chunkOf(micros);
        }
        int place = upperBound(chunk, micros);
        System.arraycopy(chunks[chunk], place, chunks[chunk], place + 1, sizes[chunk] - place);
        chunks[chunk][place] = micros;
        sizes[chunk]++;
        sum(chunk, micros, 1);
        size++;
    }

    /** Takes out one occurrence; false, with nothing changed, if there is none. */
    boolean remove(long micros) {
        if (chunkCount == 0) {
            return false;
        }
        int chunk = chunkOf(micros);
        int place = upperBound(chunk, micros) - 1;
        if (place < 0 || chunks[chunk][place] != micros) {
            return false;
        }
        System.arraycopy(chunks[chunk], place + 1, chunks[chunk], place, sizes[chunk] - place - 1);
        sizes[chunk]--;
        sum(chunk, micros, -1);
        size--;
        if (sizes[chunk] == 0) {
            removeChunk(chunk);
        }
        return true;
    }

    void clear() {
        Arrays.fill(chunks, null);
        chunkCount = 0;
        size = 0;
    }

    /** How many are not after a time. */
    int countUntil(long micros) {
        if (chunkCount == 0) {
            return 0;
        }
        int chunk = chunkOf(micros);
        int count = upperBound(chunk, micros);
        for (int i = 0; i < chunk; i++) {
            count += sizes[i];
        }
        return count;
    }

    /** The sum of those that are not after a time. */
    BigInteger sumUntil(long micros) {
        if (chunkCount == 0) {
            return BigInteger.ZERO;
        }
        int chunk = chunkOf(micros);
        long high = 0;
        long low = 0;
        for (int i = 0; i < chunk; i++) {
            high += highSums[i];
            low += lowSums[i];
        }
        for (int i = 0; i < upperBound(chunk, micros); i++) {
            high += high(chunks[chunk][i]);
            low += low(chunks[chunk][i]);
        }
        return BigInteger.valueOf(high).shiftLeft(LOW_BITS).add(BigInteger.valueOf(low));
    }

    /** The time at a rank in {@code 0..size - 1}. */
    long at(int rank) {
        int rest = rank;
        for (int i = 0; i < chunkCount; i++) {
            if (rest < sizes[i]) {
                return chunks[i][rest];
            }
            rest -= sizes[i];
        }
        throw new IndexOutOfBoundsException("rank must be in 0.." + (size - 1) + " but is " + rank);
    }

    /** The last chunk that begins at or before a time, or the first one. */
    private int chunkOf(long micros) {
        int from = 0;
        int to = chunkCount - 1;
        while (from < to) {
            int middle = (from + to + 1) >>> 1;
            if (chunks[middle][0] <= micros) {
                from = middle;
            } else {
                to = middle - 1;
            }
        }
        return from;
    }

    /** How many times of a chunk are not after a time. */
    private int upperBound(int chunk, long micros) {
        int from = 0;
        int to = sizes[chunk];
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (chunks[chunk][middle] <= micros) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    /** Makes two chunks of a full one; the last chunk stays full, because times mostly come in order. */
    private void split(int chunk) {
        int kept = chunk == chunkCount - 1 ? CHUNK - 1 : CHUNK / 2;
        long[] full = chunks[chunk];
        insertChunk(chunk + 1, new long[CHUNK]);
        for (int i = kept; i < CHUNK; i++) {
            chunks[chunk + 1][i - kept] = full[i];
            sum(chunk, full[i], -1);
            sum(chunk + 1, full[i], 1);
        }
        sizes[chunk] = kept;
        sizes[chunk + 1] = CHUNK - kept;
    }

    private void insertChunk(int at, long[] times) {
        if (chunkCount == chunks.length) {
            int capacity = 2 * chunkCount;
            chunks = Arrays.copyOf(chunks, capacity);
            sizes = Arrays.copyOf(sizes, capacity);
            highSums = Arrays.copyOf(highSums, capacity);
            lowSums = Arrays.copyOf(lowSums, capacity);
        }
        shift(at, at + 1, chunkCount - at);
        chunks[at] = times;
        sizes[at] = 0;
        highSums[at] = 0;
        lowSums[at] = 0;
        chunkCount++;
    }

    private void removeChunk(int at) {
        shift(at + 1, at, chunkCount - at - 1);
        chunkCount--;
        chunks[chunkCount] = null;
    }

    private void shift(int from, int to, int count) {
        System.arraycopy(chunks, from, chunks, to, count);
        System.arraycopy(sizes, from, sizes, to, count);
        System.arraycopy(highSums, from, highSums, to, count);
        System.arraycopy(lowSums, from, lowSums, to, count);
    }

    private void sum(int chunk, long micros, int sign) {
        highSums[chunk] += sign * high(micros);
        lowSums[chunk] += sign * low(micros);
    }

    private static long high(long micros) {
        return micros >> LOW_BITS;
    }

    private static long low(long micros) {
        return micros & ((1L << LOW_BITS) - 1);
    }
}
