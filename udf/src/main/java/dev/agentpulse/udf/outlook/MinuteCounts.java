package dev.agentpulse.udf.outlook;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** How many rows the last minutes hold, the open one among them. Minutes are counted from 1970. Not for several threads. */
final class MinuteCounts {

    /** Of minute m at m modulo their number. */
    private final int[] counts;

    /** @param closed how many minutes are kept besides the open one */
    MinuteCounts(int closed) {
        counts = new int[closed + 1];
    }

    /** Begins a minute, in the place of the oldest. */
    void open(long minute) {
        counts[place(minute)] = 0;
    }

    /** @param minute one that is kept */
    void add(long minute, int count) {
        counts[place(minute)] += count;
    }

    /** Of the minutes before the open one, the oldest first. */
    double[] closed(long open) {
        double[] closed = new double[counts.length - 1];
        for (int i = 0; i < closed.length; i++) {
            closed[i] = counts[place(open - closed.length + i)];
        }
        return closed;
    }

    void clear() {
        Arrays.fill(counts, 0);
    }

    private int place(long minute) {
        return Math.floorMod(minute, counts.length);
    }

    void encode(DataOutput out) throws IOException {
        for (int count : counts) {
            out.writeInt(count);
        }
    }

    static MinuteCounts decode(int closed, DataInput in) throws IOException {
        MinuteCounts minutes = new MinuteCounts(closed);
        for (int i = 0; i < minutes.counts.length; i++) {
            minutes.counts[i] = in.readInt();
        }
        return minutes;
    }
}
