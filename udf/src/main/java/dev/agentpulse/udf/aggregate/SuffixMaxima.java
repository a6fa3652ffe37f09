package dev.agentpulse.udf.aggregate;

import java.util.Arrays;

/**
 * The greatest figure of all slices after a time, for any time: the windows of all sizes share one such structure,
 * because each of them holds all slices after its own start.
 *
 * <p>A segment tree over the slices in time order, as in Tangwongsan, Hirzel, Schneider and Wu, "General Incremental
 * Sliding-Window Aggregation" (VLDB 2015): a maximum cannot be inverted, but it can be kept in a tree of partial maxima.
 * Changing a slice, and asking, take O(log slices). Slices are appended at the end and forgotten at the front; when the
 * room at the end is used up, the rest is copied to the front of new arrays (constant cost per slice, spread over
 * appends). A late slice where there was none before is the rare case that copies at once. Memory follows the number of
 * slices that have a figure; without any it is next to nothing.
 */
final class SuffixMaxima {

    private static final int NONE = Slice.NO_MAXIMUM;
    private static final int FIRST_CAPACITY = 8;

    /** Slice ends, ascending, at positions {@code head} to {@code tail - 1}. */
    private long[] ends = {};

    /** Node 1 is the root, node n has the children 2n and 2n+1, position p is node {@code ends.length + p}. */
    private int[] tree = {};

    private int head;
    private int tail;

    /** Sets the figure of a slice; {@link Slice#NO_MAXIMUM} if it has none or is gone. */
    void put(long sliceEnd, int maximum) {
        int position = Arrays.binarySearch(ends, head, tail, sliceEnd);
        if (position >= 0) {
            set(position, maximum);
        } else if (maximum != NONE) {
            int place = -position - 1;
            if (place < tail || tail == ends.length) {
                place = makeRoomAt(place);
            }
            ends[place] = sliceEnd;
            tail++;
            set(place, maximum);
        }
    }

    /** Forgets all slices up to and including the one that ends at {@code sliceEnd}. */
    void removeThrough(long sliceEnd) {
        while (head < tail && ends[head] <= sliceEnd) {
            head++;
        }
        if (head == tail) {
            ends = new long[] {};
            tree = new int[] {};
            head = 0;
            tail = 0;
        }
    }

    /** The greatest figure of the slices that end after {@code startMicros}, or {@link Slice#NO_MAXIMUM}. */
    int maximumAfter(long startMicros) {
        int position = Arrays.binarySearch(ends, head, tail, startMicros);
        position = position >= 0 ? position + 1 : -position - 1;
        if (position == tail) {
            return NONE;
        }
        int node = ends.length + position;
        int maximum = tree[node];
        for (; node > 1; node >>= 1) {
            if ((node & 1) == 0) {
                maximum = Math.max(maximum, tree[node + 1]);
            }
        }
        return maximum;
    }

    /** How many slices take up room. */
    int size() {
        return tail - head;
    }

    private void set(int position, int maximum) {
        int node = ends.length + position;
        tree[node] = maximum;
        for (node >>= 1; node >= 1; node >>= 1) {
            int greater = Math.max(tree[2 * node], tree[2 * node + 1]);
            if (tree[node] == greater) {
                return;
            }
            tree[node] = greater;
        }
    }

    /** Copies what is there to new arrays, with a gap for one more at {@code place}; returns where the gap is now. */
    private int makeRoomAt(int place) {
        long[] oldEnds = ends;
        int[] oldTree = tree;
        int oldTail = tail;
        int capacity = FIRST_CAPACITY;
        int live = oldTail - head + 1;
        while (capacity < live + live / 4) {
            capacity *= 2;
        }
        ends = new long[capacity];
        tree = new int[2 * capacity];
        Arrays.fill(tree, NONE);
        int gap = -1;
        int next = 0;
        for (int old = head; old <= oldTail; old++) {
            if (old == place) {
                gap = next++;
            }
            if (old < oldTail && oldTree[oldEnds.length + old] != NONE) {
                ends[next] = oldEnds[old];
                tree[capacity + next++] = oldTree[oldEnds.length + old];
            }
        }
        for (int node = capacity - 1; node >= 1; node--) {
            tree[node] = Math.max(tree[2 * node], tree[2 * node + 1]);
        }
        head = 0;
        tail = next - 1;
        return gap;
    }
}
