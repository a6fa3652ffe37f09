package dev.agentpulse.udf.outlook;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Slots of 15 minutes, two weeks and a day of them and one more, and the one that is open: of each a count and a sum. A slot is
 * named by its number, counted from 1970, whatever the zone by which it is compared. Older ones are forgotten; room is taken
 * as they come, at most 17.3 kB.
 */
public final class SlotSeries {

    /** Length of a slot. */
    public static final int SLOT_SECONDS = 900;

    public static final int SLOTS_PER_HOUR = 4;
    public static final int SLOTS_PER_DAY = 96;

    /** The closed ones that are kept: two weeks and a day, and the slot whose forecast that was. */
    public static final int MOST_CLOSED = 15 * SLOTS_PER_DAY + 1;

    private static final int CAPACITY = MOST_CLOSED + 1;
    private static final int LEAST_ROOM = 16;

    private final SlotCalendar calendar;

    // Slot s is at s modulo the arrays' length.
    private int[] counts = new int[LEAST_ROOM];
    private long[] sums = new long[LEAST_ROOM];
    private long first;
    private long open;

    /**
     * Knows nothing yet.
     *
     * @param first the slot that is open, before which nothing is known
     * @param calendar which slots are the same time of other days
     */
    public SlotSeries(long first, SlotCalendar calendar) {
        this.first = first;
        this.open = first;
        this.calendar = calendar;
    }

    /** Which slots are the same time of other days. */
    public SlotCalendar calendar() {
        return calendar;
    }

    /** The first slot that is known. */
    public long first() {
        return first;
    }

    /** The slot that is open. */
    public long open() {
        return open;
    }

    /** How many closed slots there are. */
    public int closed() {
        return (int) (open - first);
    }

    /** Opens a later slot; those between are empty. */
    public void openUntil(long slot) {
        while (open < slot) {
            if (slot - open > CAPACITY) {
                first = Math.max(first, slot - MOST_CLOSED);
                open = slot;
                Arrays.fill(counts, 0);
                Arrays.fill(sums, 0);
                grow();
                return;
            }
            open++;
            first = Math.max(first, open - MOST_CLOSED);
            grow();
            counts[place(open)] = 0;
            sums[place(open)] = 0;
        }
    }

    private void grow() {
        int size = closed() + 1;
        if (size <= counts.length) {
            return;
        }
        int length = Math.min(CAPACITY, Math.max(size, 2 * counts.length));
        int[] moreCounts = new int[length];
        long[] moreSums = new long[length];
        for (long slot = open - counts.length; slot < open; slot++) {
            int from = place(slot);
            int to = Math.floorMod(slot, length);
            moreCounts[to] = counts[from];
            moreSums[to] = sums[from];
        }
        counts = moreCounts;
        sums = moreSums;
    }

    private int place(long slot) {
        return Math.floorMod(slot, counts.length);
    }

    /**
     * Adds to a slot, or takes away.
     *
     * @return false if it is not known or not open yet, so nothing was done
     */
    public boolean add(long slot, int count, long sum) {
        if (slot < first || slot > open) {
            return false;
        }
        counts[place(slot)] += count;
        sums[place(slot)] += sum;
        return true;
    }

    /** Of a known slot, not below 0: what was taken away was perhaps never put in. */
    public int count(long slot) {
        return Math.max(0, counts[place(slot)]);
    }

    /** As {@link #count}. */
    public long sum(long slot) {
        return Math.max(0, sums[place(slot)]);
    }

    /** Counts of a number of slots from one on. */
    public long count(long from, int slots) {
        long total = 0;
        for (long slot = Math.max(first, from); slot < Math.min(from + slots, open + 1); slot++) {
            total += count(slot);
        }
        return total;
    }

    /**
     * By how many percent the last ones that are closed held more than those of the same local time some days ago; null where
     * those are not known or were empty.
     *
     * @param lasting how many
     */
    public @Nullable Double changePct(int lasting, int days) {
        long then = 0;
        for (long slot = open - lasting; slot < open; slot++) {
            long before = calendar.daysAgo(slot, days);
            if (before < first) {
                return null;
            }
            then += count(before);
        }
        return then == 0 ? null : 100.0 * (count(open - lasting, lasting) - then) / then;
    }

    /** Whether nothing is counted in a number of slots from one on; asked at every tick, so the newest is looked at first. */
    public boolean isEmpty(long from, int slots) {
        for (long slot = Math.min(from + slots - 1, open); slot >= Math.max(first, from); slot--) {
            if (count(slot) > 0) {
                return false;
            }
        }
        return true;
    }

    /** The closed ones' counts, oldest first. */
    public double[] closedCounts() {
        double[] values = new double[closed()];
        int place = place(first);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(0, counts[place]);
            place = next(place);
        }
        return values;
    }

    /** The closed ones' sums, oldest first, by a number. */
    public double[] closedSums(double divisor) {
        double[] values = new double[closed()];
        int place = place(first);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(0, sums[place]) / divisor;
            place = next(place);
        }
        return values;
    }

    /** The place of the slot that follows: without the division that {@link #place} takes. */
    private int next(int place) {
        return place + 1 == counts.length ? 0 : place + 1;
    }

    /** Writes what {@link #decode} reads. */
    public void encode(DataOutput out) throws IOException {
        out.writeLong(first);
        out.writeLong(open);
        for (long slot = first; slot <= open; slot++) {
            out.writeInt(counts[place(slot)]);
            out.writeLong(sums[place(slot)]);
        }
    }

    /** Reads what {@link #encode} wrote. */
    public static SlotSeries decode(DataInput in, SlotCalendar calendar) throws IOException {
        SlotSeries series = new SlotSeries(in.readLong(), calendar);
        series.openUntil(in.readLong());
        for (long slot = series.first; slot <= series.open; slot++) {
            series.add(slot, in.readInt(), in.readLong());
        }
        return series;
    }
}
