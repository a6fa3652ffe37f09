package dev.agentpulse.udf.anomaly;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sums over an agent's last queries, by steps of 30 seconds, for a bit more than two hours; and of the last seven days by
 * the hour how many were reviewed. Queries are put in and taken out by their {@code created_at}; what is older than a sum
 * reaches back is not in it. Steps and hours without a query take no room: 2 kB then, and 29 kB where each has one.
 */
final class RecentQueries {

    /** Microseconds of a step; a step is open at its start and closed at its end, by which it is numbered. */
    static final long STEP_MICROS = 30 * 1_000_000L;

    /** The longest span, which ends 70 minutes ago, and what is ahead of time. */
    private static final int STEPS = 280;

    /** Steps after now that are kept, because a clock may be ahead a little. */
    private static final int AHEAD = 10;

    private static final int STEPS_AN_HOUR = 120;
    private static final int HOURS = 7 * 24 + 1;

    /** What is summed up. */
    enum Part {
        COUNT(0),
        TIMED(1),
        LATENCY(2),
        LATENCY_SQUARES(3),
        REVIEWED(4),
        REJECTED(5),
        EDITED(6);

        /** Where it is kept in its step; of hours only what has to do with reviews is kept. */
        private final int place;

        Part(int place) {
            this.place = place;
        }
    }

    private static final int PARTS = Part.values().length;
    private static final int FIRST_REVIEW_PART = Part.REVIEWED.place;
    private static final int REVIEW_PARTS = PARTS - FIRST_REVIEW_PART;

    /** In what is encoded, ahead of the newest step; an earlier version wrote that, and then all steps and hours. */
    private static final long ONLY_WHAT_IS_THERE = Long.MIN_VALUE;

    private static final int BYTES_OF_EMPTY = 1_900;

    /** With a share of the array that it is in. */
    private static final int BYTES_OF_SUM = 11;

    // Step n is at n modulo the length, and so are hours; null where there was no query.
    private final long[] @Nullable [] steps = new long[STEPS][];
    private final long[] @Nullable [] hours = new long[HOURS][];

    /** The newest step that there is room for. */
    private long newest;

    /** Sums that are there, of steps and hours together. */
    private int held;

    RecentQueries(long timeMicros) {
        newest = Math.floorDiv(timeMicros, STEP_MICROS) + AHEAD;
    }

    /** The number of the step that a time lies in. */
    static long stepOf(long timeMicros) {
        return -Math.floorDiv(-timeMicros, STEP_MICROS);
    }

    /** Time goes on to the end of a step; what is too old is forgotten. */
    void advanceTo(long step) {
        long next = step + AHEAD;
        for (long fresh = Math.max(newest + 1, next - STEPS + 1); fresh <= next; fresh++) {
            forget(steps, fresh);
        }
        for (long hour = Math.max(hourOf(newest) + 1, hourOf(next) - HOURS + 1); hour <= hourOf(next); hour++) {
            forget(hours, hour);
        }
        newest = Math.max(newest, next);
    }

    private static long hourOf(long step) {
        return Math.floorDiv(step - 1, (long) STEPS_AN_HOUR);
    }

    /** Puts a query in ({@code sign} 1) or takes it out (-1). */
    void add(Query query, int sign) {
        long step = stepOf(query.timeMicros());
        if (step > newest) {
            return;
        }
        long latency = query.latencyMs() == null ? 0 : query.latencyMs();
        boolean reviewed = query.approved() != null;
        boolean rejected = Boolean.FALSE.equals(query.approved());
        boolean edited = reviewed && query.edited();
        long[] parts = {
            1, query.latencyMs() == null ? 0 : 1, latency, latency * latency, is(reviewed), is(rejected), is(edited)
        };
        if (step > newest - STEPS) {
            long[] sums = sums(steps, step, PARTS);
            for (int part = 0; part < PARTS; part++) {
                sums[part] += sign * parts[part];
            }
        }
        if (reviewed && hourOf(step) > hourOf(newest) - HOURS) {
            long[] sums = sums(hours, hourOf(step), REVIEW_PARTS);
            for (int part = 0; part < REVIEW_PARTS; part++) {
                sums[part] += sign * parts[FIRST_REVIEW_PART + part];
            }
        }
    }

    private void forget(long[] @Nullable [] of, long number) {
        int place = Math.floorMod(number, of.length);
        long[] sums = of[place];
        held -= sums == null ? 0 : sums.length;
        of[place] = null;
    }

    /** About how much of the heap it takes. */
    int heapBytes() {
        return BYTES_OF_EMPTY + held * BYTES_OF_SUM;
    }

    /** Those of a step or an hour, which has them from now on. */
    private long[] sums(long[] @Nullable [] of, long number, int parts) {
        int place = Math.floorMod(number, of.length);
        long[] sums = of[place];
        if (sums == null) {
            sums = new long[parts];
            of[place] = sums;
            held += parts;
        }
        return sums;
    }

    /** Puts queries in that came some time in a number of steps, with the same latency. */
    void addPast(long lastStep, int over, int count, long latencyMs) {
        for (int of = 1; of <= over; of++) {
            long step = lastStep - over + of;
            long queries = (long) count * of / over - (long) count * (of - 1) / over;
            if (queries != 0 && step > newest - STEPS && step <= newest) {
                long[] sums = sums(steps, step, PARTS);
                long average = latencyMs / count;
                sums[Part.COUNT.place] += queries;
                sums[Part.TIMED.place] += queries;
                sums[Part.LATENCY.place] += queries * average;
                sums[Part.LATENCY_SQUARES.place] += queries * average * average;
            }
        }
    }

    private static int is(boolean holds) {
        return holds ? 1 : 0;
    }

    /** The sum over a number of steps, up to the end of one; not below 0, whatever was taken out that was never in. */
    long sum(Part part, long lastStep, int count) {
        long sum = 0;
        for (long step = lastStep - count + 1; step <= lastStep; step++) {
            long[] sums = steps[Math.floorMod(step, STEPS)];
            sum += sums == null ? 0 : sums[part.place];
        }
        return Math.max(0, sum);
    }

    /** The sum of seven days, and of the hour that is open. */
    long sumOfSevenDays(Part part) {
        long sum = 0;
        for (long[] sums : hours) {
            sum += sums == null ? 0 : sums[part.place - FIRST_REVIEW_PART];
        }
        return Math.max(0, sum);
    }

    /** How many steps up to the end of one had no query, at most {@code most}. */
    int quietSteps(long lastStep, int most) {
        int quiet = 0;
        while (quiet < most && isQuiet(steps[Math.floorMod(lastStep - quiet, STEPS)])) {
            quiet++;
        }
        return quiet;
    }

    private static boolean isQuiet(long @Nullable [] sums) {
        return sums == null || sums[Part.COUNT.place] <= 0;
    }

    /** Nothing is there any more. */
    void clear() {
        Arrays.fill(steps, null);
        Arrays.fill(hours, null);
        held = 0;
    }

    void encode(DataOutput out) throws IOException {
        out.writeLong(ONLY_WHAT_IS_THERE);
        out.writeLong(newest);
        encode(steps, out);
        encode(hours, out);
    }

    private static void encode(long[] @Nullable [] some, DataOutput out) throws IOException {
        int there = 0;
        for (long[] sums : some) {
            there += sums == null ? 0 : 1;
        }
        out.writeShort(there);
        for (int place = 0; place < some.length; place++) {
            long[] sums = some[place];
            if (sums != null) {
                out.writeShort(place);
                for (long value : sums) {
                    writeValue(value, out);
                }
            }
        }
    }

    static RecentQueries decode(DataInput in) throws IOException {
        RecentQueries recent = new RecentQueries(0);
        long first = in.readLong();
        boolean isEarlier = first != ONLY_WHAT_IS_THERE;
        recent.newest = isEarlier ? first : in.readLong();
        recent.decode(recent.steps, PARTS, isEarlier, in);
        recent.decode(recent.hours, REVIEW_PARTS, isEarlier, in);
        return recent;
    }

    private void decode(long[] @Nullable [] some, int parts, boolean isEarlier, DataInput in) throws IOException {
        int there = isEarlier ? some.length : in.readShort();
        for (int i = 0; i < there; i++) {
            int place = isEarlier ? i : in.readShort();
            long[] sums = new long[parts];
            boolean isEmpty = true;
            for (int part = 0; part < parts; part++) {
                sums[part] = readValue(in);
                isEmpty &= sums[part] == 0;
            }
            if (!isEmpty) {
                some[place] = sums;
                held += parts;
            }
        }
    }

    /** Seven bits a byte, the last of which has the eighth; most values are small. */
    private static void writeValue(long value, DataOutput out) throws IOException {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            out.writeByte((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    private static long readValue(DataInput in) throws IOException {
        long rest = 0;
        int shift = 0;
        while (true) {
            byte next = in.readByte();
            rest |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return (rest >>> 1) ^ -(rest & 1);
            }
            shift += 7;
        }
    }
}
