package dev.agentpulse.udf.anomaly;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Sums over an agent's last queries, by steps of 30 seconds, for a bit more than two hours; and of the last seven days by
 * the hour how many were reviewed. Queries are put in and taken out by their {@code created_at}; what is older than a sum
 * reaches back is not in it. About 11 kB.
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

    private final long[] steps = new long[STEPS * PARTS];
    private final long[] hours = new long[HOURS * REVIEW_PARTS];

    /** The newest step that there is room for. */
    private long newest;

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
            int from = Math.floorMod(fresh, STEPS) * PARTS;
            Arrays.fill(steps, from, from + PARTS, 0);
        }
        for (long hour = Math.max(hourOf(newest) + 1, hourOf(next) - HOURS + 1); hour <= hourOf(next); hour++) {
            int from = Math.floorMod(hour, HOURS) * REVIEW_PARTS;
            Arrays.fill(hours, from, from + REVIEW_PARTS, 0);
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
            for (int part = 0; part < PARTS; part++) {
                steps[Math.floorMod(step, STEPS) * PARTS + part] += sign * parts[part];
            }
        }
        if (hourOf(step) > hourOf(newest) - HOURS) {
            for (int part = 0; part < REVIEW_PARTS; part++) {
                hours[Math.floorMod(hourOf(step), HOURS) * REVIEW_PARTS + part] +=
                        sign * parts[FIRST_REVIEW_PART + part];
            }
        }
    }

    /** Puts queries in that came some time in a number of steps, with the same latency. */
    void addPast(long lastStep, int over, int count, long latencyMs) {
        for (int of = 1; of <= over; of++) {
            long step = lastStep - over + of;
            if (step > newest - STEPS && step <= newest) {
                int from = Math.floorMod(step, STEPS) * PARTS;
                long queries = (long) count * of / over - (long) count * (of - 1) / over;
                long average = count == 0 ? 0 : latencyMs / count;
                steps[from + Part.COUNT.place] += queries;
                steps[from + Part.TIMED.place] += queries;
                steps[from + Part.LATENCY.place] += queries * average;
                steps[from + Part.LATENCY_SQUARES.place] += queries * average * average;
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
            sum += steps[Math.floorMod(step, STEPS) * PARTS + part.place];
        }
        return Math.max(0, sum);
    }

    /** The sum of seven days, and of the hour that is open. */
    long sumOfSevenDays(Part part) {
        long sum = 0;
        for (int hour = 0; hour < HOURS; hour++) {
            sum += hours[hour * REVIEW_PARTS + part.place - FIRST_REVIEW_PART];
        }
        return Math.max(0, sum);
    }

    /** How many steps up to the end of one had no query, at most {@code most}. */
    int quietSteps(long lastStep, int most) {
        int quiet = 0;
        while (quiet < most && steps[Math.floorMod(lastStep - quiet, STEPS) * PARTS] <= 0) {
            quiet++;
        }
        return quiet;
    }

    /** Nothing is there any more. */
    void clear() {
        Arrays.fill(steps, 0);
        Arrays.fill(hours, 0);
    }

    void encode(DataOutput out) throws IOException {
        out.writeLong(newest);
        for (long value : steps) {
            writeValue(value, out);
        }
        for (long value : hours) {
            writeValue(value, out);
        }
    }

    static RecentQueries decode(DataInput in) throws IOException {
        RecentQueries recent = new RecentQueries(0);
        recent.newest = in.readLong();
        for (int place = 0; place < recent.steps.length; place++) {
            recent.steps[place] = readValue(in);
        }
        for (int place = 0; place < recent.hours.length; place++) {
            recent.hours[place] = readValue(in);
        }
        return recent;
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
