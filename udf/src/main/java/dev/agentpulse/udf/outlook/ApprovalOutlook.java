package dev.agentpulse.udf.outlook;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is to be known of the approval queue to look ahead: requests and what waited in each slot of 15 minutes for two weeks and a
 * day, requests and decisions of each minute of the last hour, the minutes in which what waits was requested, and who decided how
 * much in each of the last 24 h. All by the minute; see {@link AgentOutlook}, whose rules hold here too.
 *
 * <p>Room: at most 30 kB, and 8 bytes for each minute of the SLA and each person and hour (at most 256 people an hour).
 */
public final class ApprovalOutlook {

    private static final byte VERSION = 1;

    private static final long MINUTE_MICROS = TimeUnit.MINUTES.toMicros(1);
    private static final int SLOT_MINUTES = 15;
    private static final int HOUR_MINUTES = 60;
    private static final int DAY_MINUTES = 1440;
    private static final int HOURS_PER_DAY = 24;
    private static final int MOST_PEOPLE = 256;
    private static final double LATE_SHARE = 0.05;

    private final long slaMinutes;

    /** Requests as counts; as sums what waited at the end. */
    private SlotSeries slots;

    private ForecastBand requestedBand = new ForecastBand(DayForecast.HOURS);
    private ForecastBand pendingBand = new ForecastBand(DayForecast.HOURS);

    // Minute m is at m modulo their number.
    private final int[] requested = new int[HOUR_MINUTES + 1];
    private final int[] decided = new int[HOUR_MINUTES + 1];

    /** What waits by the minute of its request, as far as it can still breach the SLA. */
    private final TreeMap<Long, Integer> waiting = new TreeMap<>();

    /** Requests ahead of their time, a day at most. */
    private final TreeMap<Long, Integer> ahead = new TreeMap<>();

    /** Decisions by hour and by the hash of who decided. */
    private final TreeMap<Long, Map<Integer, Integer>> deciders = new TreeMap<>();

    private int pending;
    private long minute;
    private long firstMinute;

    /** The series that are forecast. */
    public enum Measure {
        REQUESTED,
        PENDING
    }

    /**
     * Whether the queue can be worked off.
     *
     * @param minutesToClear null while it grows
     * @param breaches of those that wait, how many pass the SLA in the next 15 minutes
     * @param approvers null where nobody has decided anything in 24 h
     */
    public record Queue(
            @Nullable Double minutesToClear,
            int breaches,
            @Nullable Integer approvers) {}

    /**
     * Of an approval, by the minute.
     *
     * @param createdMicros when it was requested
     * @param decidedMicros when it was decided; null while it waits
     * @param approver who decided; null if nobody did, as when it expired
     */
    public record Approval(
            long createdMicros,
            @Nullable Long decidedMicros,
            @Nullable String approver) {}

    /**
     * Knows nothing yet.
     *
     * @param slot the first that is known, counted from 1970 by 15 minutes
     * @param slaMicros how long a request may wait
     * @param calendar which slots are the same time of other days
     */
    public ApprovalOutlook(long slot, long slaMicros, SlotCalendar calendar) {
        this.slaMinutes = Math.max(1, slaMicros / MINUTE_MICROS);
        this.slots = new SlotSeries(slot, calendar);
        this.minute = slot * SLOT_MINUTES;
        this.firstMinute = minute;
    }

    /** The slots that are known. */
    public SlotSeries slots() {
        return slots;
    }

    /** Whether nothing is known from before its rows. */
    public boolean hasNoPast() {
        return slots.first() * SLOT_MINUTES >= firstMinute;
    }

    /**
     * Goes on with what another one holds.
     *
     * @param live one that has no past, and whose rows begin where the past of this one has ended
     */
    public void continueWith(ApprovalOutlook live) {
        for (long slot = slots.open(); slot <= live.slots.open(); slot++) {
            slots.add(slot, live.slots.count(slot), live.slots.sum(slot));
            if (slot < live.slots.open()) {
                openNextSlot();
            }
        }
        System.arraycopy(live.requested, 0, requested, 0, requested.length);
        System.arraycopy(live.decided, 0, decided, 0, decided.length);
        waiting.putAll(live.waiting);
        ahead.putAll(live.ahead);
        deciders.putAll(live.deciders);
        pending = live.pending;
        minute = live.minute;
        firstMinute = live.firstMinute;
    }

    /** From when on rows are known each by itself. */
    public long rowsFromMicros() {
        return firstMinute * MINUTE_MICROS;
    }

    /** Puts in a slot that is over, from history; in order, and before anything else. */
    public void addPast(long slot, int requests, int waitedAtEnd) {
        while (slots.open() <= slot) {
            if (slots.open() == slot) {
                slots.add(slot, requests, waitedAtEnd);
            }
            openNextSlot();
        }
    }

    /** Says that the slots before one came from history, and what comes now are rows. */
    public void endPast(long slot) {
        while (slots.open() < slot) {
            openNextSlot();
        }
        minute = slots.open() * SLOT_MINUTES;
        firstMinute = minute;
    }

    /** Time goes on. */
    public void advanceTo(long timeMicros) {
        long until = Math.floorDiv(timeMicros, MINUTE_MICROS);
        while (minute < until) {
            minute++;
            requested[Math.floorMod(minute, requested.length)] = 0;
            decided[Math.floorMod(minute, decided.length)] = 0;
            if (minute % SLOT_MINUTES == 0) {
                slots.add(slots.open(), 0, pending - slots.sum(slots.open()));
                openNextSlot();
            }
            Integer waited = ahead.remove(minute);
            if (waited != null) {
                requested(minute, waited);
            }
        }
        waiting.headMap(minute - slaMinutes - 1).clear();
        deciders.headMap(Math.floorDiv(minute, (long) HOUR_MINUTES) - HOURS_PER_DAY + 1)
                .clear();
    }

    private void openNextSlot() {
        long next = slots.open() + 1;
        slots.openUntil(next);
        if (next % SlotSeries.SLOTS_PER_HOUR == 0) {
            DayForecast.step(requestedBand, slots, slots.closedCounts());
            DayForecast.step(pendingBand, slots, slots.closedSums(1));
        }
    }

    /** Puts an approval in ({@code sign} 1) or takes it out (−1). */
    public void add(Approval row, int sign) {
        long created = Math.floorDiv(row.createdMicros(), MINUTE_MICROS);
        if (created <= minute) {
            requested(created, sign);
        } else if (created <= minute + DAY_MINUTES) {
            ahead.merge(created, sign, Integer::sum);
            ahead.remove(created, 0);
        }
        Long decidedMicros = row.decidedMicros();
        if (decidedMicros == null) {
            addWaiting(row.createdMicros(), sign);
            return;
        }
        long at = Math.floorDiv(decidedMicros, MINUTE_MICROS);
        if (at <= minute && at >= minute - HOUR_MINUTES) {
            decided[Math.floorMod(at, decided.length)] += sign;
        }
        String approver = row.approver();
        long hour = Math.floorDiv(at, (long) HOUR_MINUTES);
        if (approver != null && hour > Math.floorDiv(minute, (long) HOUR_MINUTES) - HOURS_PER_DAY && at <= minute) {
            Map<Integer, Integer> people = deciders.computeIfAbsent(hour, h -> new HashMap<>());
            if (people.size() < MOST_PEOPLE || people.containsKey(approver.hashCode())) {
                people.merge(approver.hashCode(), sign, Integer::sum);
                people.remove(approver.hashCode(), 0);
            }
        }
    }

    /** Puts in what waits and whose request is known from history, or takes it out. */
    public void addWaiting(long createdMicros, int sign) {
        long created = Math.floorDiv(createdMicros, MINUTE_MICROS);
        pending += sign;
        if (created >= minute - slaMinutes - 1) {
            waiting.merge(created, sign, Integer::sum);
            waiting.remove(created, 0);
        }
    }

    private void requested(long ofMinute, int count) {
        if (ofMinute >= minute - HOUR_MINUTES) {
            requested[Math.floorMod(ofMinute, requested.length)] += count;
        }
        slots.add(Math.floorDiv(ofMinute, (long) SLOT_MINUTES), count, 0);
    }

    /** The rows are gone: nothing waits, and those of the last day are taken out; what is older stays, as in history. */
    public void truncate() {
        for (long slot = Math.max(slots.first(), slots.open() - SlotSeries.SLOTS_PER_DAY);
                slot <= slots.open();
                slot++) {
            slots.add(slot, -slots.count(slot), 0);
        }
        pending = 0;
        waiting.clear();
        ahead.clear();
        deciders.clear();
        Arrays.fill(requested, 0);
        Arrays.fill(decided, 0);
    }

    /** How many wait. */
    public int pending() {
        return Math.max(0, pending);
    }

    /** What the next 24 h will bring, from the slots that are over. */
    public DayForecast forecast(Measure measure) {
        return switch (measure) {
            case REQUESTED -> DayForecast.of(slots, slots.closedCounts(), requestedBand);
            case PENDING -> DayForecast.of(slots, slots.closedSums(1), pendingBand);
        };
    }

    /** Whether the queue can be worked off, by the last 60 minutes that are over and the forecast of requests. */
    public Queue queue(DayForecast requests) {
        double drained = lastHour(decided) - lastHour(requested);
        Double clear = pending() == 0 ? Double.valueOf(0) : drained > 0 ? HOUR_MINUTES * pending() / drained : null;
        int breaches = 0;
        for (int count : waiting.subMap(minute - slaMinutes, minute - slaMinutes + SLOT_MINUTES)
                .values()) {
            breaches += Math.max(0, count);
        }
        return new Queue(clear, breaches, approvers(requests));
    }

    private double lastHour(int[] counts) {
        double sum = 0;
        for (long of = minute - HOUR_MINUTES; of < minute; of++) {
            sum += Math.max(0, counts[Math.floorMod(of, counts.length)]);
        }
        return sum;
    }

    private @Nullable Integer approvers(DayForecast requests) {
        double decisions = 0;
        double peopleHours = 0;
        for (Map<Integer, Integer> people : deciders.values()) {
            for (int count : people.values()) {
                decisions += Math.max(0, count);
                peopleHours += count > 0 ? 1 : 0;
            }
        }
        if (decisions == 0) {
            return null;
        }
        double[] upper = requests.high() == null ? requests.expected() : requests.high();
        double nextHour = Arrays.stream(upper, 0, SlotSeries.SLOTS_PER_HOUR).sum();
        return ErlangC.serversNeeded(nextHour, decisions / peopleHours, (double) slaMinutes / HOUR_MINUTES, LATE_SHARE);
    }

    /** All of it, as {@link #decode} reads it. */
    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(VERSION);
            slots.encode(out);
            requestedBand.encode(out);
            pendingBand.encode(out);
            out.writeInt(pending);
            out.writeLong(minute);
            out.writeLong(firstMinute);
            for (int i = 0; i < requested.length; i++) {
                out.writeInt(requested[i]);
                out.writeInt(decided[i]);
            }
            encode(waiting, out);
            encode(ahead, out);
            out.writeInt(deciders.size());
            for (Map.Entry<Long, Map<Integer, Integer>> hour : deciders.entrySet()) {
                out.writeLong(hour.getKey());
                out.writeInt(hour.getValue().size());
                for (Map.Entry<Integer, Integer> person : hour.getValue().entrySet()) {
                    out.writeInt(person.getKey());
                    out.writeInt(person.getValue());
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("an array of bytes can be written to", e);
        }
        return bytes.toByteArray();
    }

    private static void encode(Map<Long, Integer> counts, DataOutput out) throws IOException {
        out.writeInt(counts.size());
        for (Map.Entry<Long, Integer> entry : counts.entrySet()) {
            out.writeLong(entry.getKey());
            out.writeInt(entry.getValue());
        }
    }

    /** Reads what {@link #encode} wrote, whatever the calendar was. */
    public static ApprovalOutlook decode(byte[] bytes, long slaMicros, SlotCalendar calendar) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            byte version = in.readByte();
            if (version != VERSION) {
                throw new IllegalArgumentException("an outlook of format " + version + ", which is not known here");
            }
            ApprovalOutlook outlook = new ApprovalOutlook(0, slaMicros, calendar);
            outlook.slots = SlotSeries.decode(in, calendar);
            outlook.requestedBand = ForecastBand.decode(DayForecast.HOURS, in);
            outlook.pendingBand = ForecastBand.decode(DayForecast.HOURS, in);
            outlook.pending = in.readInt();
            outlook.minute = in.readLong();
            outlook.firstMinute = in.readLong();
            for (int i = 0; i < outlook.requested.length; i++) {
                outlook.requested[i] = in.readInt();
                outlook.decided[i] = in.readInt();
            }
            decode(outlook.waiting, in);
            decode(outlook.ahead, in);
            for (int hours = in.readInt(); hours > 0; hours--) {
                Map<Integer, Integer> people = new HashMap<>();
                outlook.deciders.put(in.readLong(), people);
                for (int i = in.readInt(); i > 0; i--) {
                    people.put(in.readInt(), in.readInt());
                }
            }
            return outlook;
        } catch (IOException e) {
            throw new IllegalArgumentException("an outlook cannot be read from " + bytes.length + " bytes", e);
        }
    }

    private static void decode(Map<Long, Integer> counts, DataInput in) throws IOException {
        for (int i = in.readInt(); i > 0; i--) {
            counts.put(in.readLong(), in.readInt());
        }
    }
}
