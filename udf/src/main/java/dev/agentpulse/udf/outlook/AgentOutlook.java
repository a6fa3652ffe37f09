package dev.agentpulse.udf.outlook;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is to be known of one agent to look ahead: slots of 15 minutes for two weeks and a day, the counts of the last hour's
 * minutes, smoothed rates, quality, and how far forecasts were off. All of it follows from the rows that were put in and taken
 * out, by the minute of their {@code created_at}, and from the time; not from when somebody looks.
 *
 * <p>Room: at most 30 kB, encoded; less for an agent that is new. A row ahead of its time waits, a day at most; one further ahead
 * is left out. One older than a time span counts no more in that span.
 */
public final class AgentOutlook {

    private static final byte VERSION = 2;

    /** Without {@link QualityDrop}. */
    private static final byte EARLIER_VERSION = 1;

    private static final long MINUTE_MICROS = TimeUnit.MINUTES.toMicros(1);
    private static final int SLOT_MINUTES = 15;
    private static final int HOUR_MINUTES = 60;
    private static final int DAY_MINUTES = 1440;
    private static final double SLOT_MILLIS = SlotSeries.SLOT_SECONDS * 1000.0;

    private static final int FAST_MINUTES = 5;
    private static final int SLOW_MINUTES = 60;
    private static final int DAYS_PER_WEEK = 7;

    /** An agent that asks less than this in two weeks is small, and forgotten when it was silent for a day. */
    private static final int FEW = 100;

    private final SlotSeries slots;
    private final QualityTotals quality;
    private QualityDrop drop = new QualityDrop();
    private final TreeMap<Long, QueryParts> ahead = new TreeMap<>();

    private MinuteCounts minutes = new MinuteCounts(HOUR_MINUTES);

    private Smoothed fast = new Smoothed(FAST_MINUTES);
    private Smoothed slow = new Smoothed(SLOW_MINUTES);

    /** Null while the agent is small, because it is most of what that would take; likewise the other one. */
    private @Nullable ForecastBand countBand;

    private @Nullable ForecastBand concurrencyBand;

    /** Of the open minute. */
    private QueryParts current = QueryParts.NONE;

    private long minute;

    /** The first minute of which rows are known each by itself. */
    private long firstMinute;

    /** The series that are forecast. */
    public enum Measure {
        /** Queries in a slot. */
        QUERY_COUNT("query_count"),
        /** Queries in work at a time, on average: the sum of the latencies by the length of the slot (Little 1961). */
        CONCURRENCY("concurrency");

        private final String text;

        Measure(String text) {
            this.text = text;
        }

        /** As it is in tables. */
        public String text() {
            return text;
        }
    }

    /**
     * Knows nothing yet.
     *
     * @param slot the first that is known, counted from 1970 by 15 minutes
     * @param calendar which slots are the same time of other days
     */
    public AgentOutlook(long slot, SlotCalendar calendar) {
        this(new SlotSeries(slot, calendar), new QualityTotals(Math.floorDiv(slot, (long) SlotSeries.SLOTS_PER_HOUR)));
        minute = slot * SLOT_MINUTES;
        firstMinute = minute;
    }

    private AgentOutlook(SlotSeries slots, QualityTotals quality) {
        this.slots = slots;
        this.quality = quality;
    }

    /** The slot that a time lies in. */
    public static long slotOf(long timeMicros) {
        return Math.floorDiv(timeMicros, MINUTE_MICROS * SLOT_MINUTES);
    }

    /** The slots that are known. */
    public SlotSeries slots() {
        return slots;
    }

    /** Puts in a slot that is over, from history; in order, and before anything else. */
    public void addPast(long slot, QueryParts parts) {
        endPast(slot);
        slots.add(slot, parts.count(), parts.latencyMs());
        quality.add(Math.floorDiv(slot, (long) SlotSeries.SLOTS_PER_HOUR), parts);
        fast.addAhead(SLOT_MINUTES, parts.count(), parts.timed(), parts.latencyMs());
        slow.addAhead(SLOT_MINUTES, parts.count(), parts.timed(), parts.latencyMs());
    }

    /** Says that the slots before one came from history, and what comes now are rows. */
    public void endPast(long slot) {
        while (slots.open() < slot) {
            fast.fade(SLOT_MINUTES);
            slow.fade(SLOT_MINUTES);
            openNextSlot();
        }
        minute = slots.open() * SLOT_MINUTES;
        firstMinute = minute;
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
    public void continueWith(AgentOutlook live) {
        fast.fade(live.minute - live.firstMinute);
        slow.fade(live.minute - live.firstMinute);
        for (long slot = slots.open(); slot <= live.slots.open(); slot++) {
            slots.add(slot, live.slots.count(slot), live.slots.sum(slot));
            if (slot < live.slots.open()) {
                openNextSlot();
            }
        }
        quality.addAll(live.quality);
        drop = live.drop;
        fast.addAll(live.fast);
        slow.addAll(live.slow);
        current = live.current;
        ahead.putAll(live.ahead);
        minutes = live.minutes;
        minute = live.minute;
        firstMinute = live.firstMinute;
    }

    /** From when on rows are known each by itself; before, slots of history are. */
    public long rowsFromMicros() {
        return firstMinute * MINUTE_MICROS;
    }

    /**
     * Time goes on; minutes, slots, hours and days close at their ends.
     *
     * @param drops receives what the end of a minute finds
     */
    public void advanceTo(long timeMicros, QualityDrop.Listener drops) {
        long until = Math.floorDiv(timeMicros, MINUTE_MICROS);
        while (minute < until) {
            fast.fade(1);
            slow.fade(1);
            fast.add(0, current.count(), current.timed(), current.latencyMs());
            slow.add(0, current.count(), current.timed(), current.latencyMs());
            current = QueryParts.NONE;
            minute++;
            minutes.open(minute);
            if (minute % SLOT_MINUTES == 0) {
                openNextSlot();
            }
            if (quality.takeChanged()) {
                drop.judge(minute * MINUTE_MICROS, quality.compared(), drops);
            }
            QueryParts waited = ahead.remove(minute);
            if (waited != null) {
                addNow(waited);
            }
        }
    }

    private void openNextSlot() {
        long next = slots.open() + 1;
        slots.openUntil(next);
        if (next % SlotSeries.SLOTS_PER_HOUR == 0) {
            quality.openUntil(next / SlotSeries.SLOTS_PER_HOUR);
            if (countBand == null && !isSmall()) {
                countBand = new ForecastBand(DayForecast.HOURS);
                concurrencyBand = new ForecastBand(DayForecast.HOURS);
            }
            if (countBand != null && concurrencyBand != null) {
                DayForecast.step(countBand, slots, slots.closedCounts());
                DayForecast.step(concurrencyBand, slots, slots.closedSums(SLOT_MILLIS));
            }
        }
    }

    /** Whether there are so few queries of it that it is not worth much room and time. */
    public boolean isSmall() {
        return slots.count(slots.first(), slots.closed() + 1) < FEW;
    }

    /**
     * Puts rows in or takes them out.
     *
     * @param timeMicros {@code created_at}
     */
    public void add(long timeMicros, QueryParts parts) {
        long ofMinute = Math.floorDiv(timeMicros, MINUTE_MICROS);
        if (ofMinute == minute) {
            addNow(parts);
        } else if (ofMinute < minute) {
            addLate(ofMinute, parts);
        } else if (ofMinute <= minute + DAY_MINUTES) {
            ahead.merge(ofMinute, parts, QueryParts::plus);
            ahead.remove(ofMinute, QueryParts.NONE);
        }
    }

    private void addNow(QueryParts parts) {
        current = current.plus(parts);
        minutes.add(minute, parts.count());
        addToSpans(minute, parts);
    }

    private void addLate(long ofMinute, QueryParts parts) {
        if (ofMinute < firstMinute && hasNoPast()) {
            return; // It is in the past, should that come.
        }
        long age = minute - 1 - ofMinute;
        fast.add(age, parts.count(), parts.timed(), parts.latencyMs());
        slow.add(age, parts.count(), parts.timed(), parts.latencyMs());
        if (ofMinute >= minute - HOUR_MINUTES) {
            minutes.add(ofMinute, parts.count());
        }
        addToSpans(ofMinute, parts);
    }

    private void addToSpans(long ofMinute, QueryParts parts) {
        slots.add(Math.floorDiv(ofMinute, (long) SLOT_MINUTES), parts.count(), parts.latencyMs());
        quality.add(Math.floorDiv(ofMinute, (long) HOUR_MINUTES), parts);
    }

    /** The rows are gone: those of the last day are taken out, what is older stays, as in history. */
    public void truncate() {
        for (long slot = Math.max(slots.first(), slots.open() - SlotSeries.SLOTS_PER_DAY);
                slot <= slots.open();
                slot++) {
            slots.add(slot, -slots.count(slot), -slots.sum(slot));
        }
        quality.clearLastDay();
        ahead.clear();
        minutes.clear();
        fast = new Smoothed(FAST_MINUTES);
        slow = new Smoothed(SLOW_MINUTES);
        current = QueryParts.NONE;
    }

    /** Smoothed over some 5 minutes, as of the last minute that is over. */
    public Smoothed fast() {
        return fast;
    }

    /** Smoothed over about an hour. */
    public Smoothed slow() {
        return slow;
    }

    /** How many whole minutes are over since the first that rows or history are known of. */
    public long knownMinutes() {
        return minute - slots.first() * SLOT_MINUTES;
    }

    /** Of the last 60 minutes that are over; null while fewer are known. */
    public @Nullable Trend trend() {
        if (minute - firstMinute < HOUR_MINUTES) {
            return null;
        }
        return Trend.of(minutes.closed(minute));
    }

    /** By how many percent the last four slots that are over held more than yesterday's; see {@link SlotSeries#changePct}. */
    public @Nullable Double changeSinceYesterdayPct() {
        return slots.changePct(SlotSeries.SLOTS_PER_HOUR, 1);
    }

    /** Likewise, than those of a week ago. */
    public @Nullable Double changeSinceLastWeekPct() {
        return slots.changePct(SlotSeries.SLOTS_PER_HOUR, DAYS_PER_WEEK);
    }

    /** What the next 24 h will bring, from the slots that are over. */
    public DayForecast forecast(Measure measure) {
        boolean counts = measure == Measure.QUERY_COUNT;
        double[] past = counts ? slots.closedCounts() : slots.closedSums(SLOT_MILLIS);
        ForecastBand band = counts ? countBand : concurrencyBand;
        return DayForecast.of(slots, past, band);
    }

    /** See {@link QualityTotals#figures}. */
    public QualityTotals.@Nullable Figures quality() {
        return quality.figures();
    }

    /** Whether nothing is left that is worth its room. */
    public boolean isForgettable() {
        return ahead.isEmpty()
                && !drop.isOpen()
                && slots.isEmpty(slots.open() - SlotSeries.SLOTS_PER_DAY, SlotSeries.SLOTS_PER_DAY + 1)
                && isSmall();
    }

    /** Whether its forecasts have bands, which take 14 kB. */
    public boolean hasBands() {
        return countBand != null;
    }

    /** All of it, as {@link #decode} reads it. */
    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(VERSION);
            slots.encode(out);
            quality.encode(out);
            fast.encode(out);
            slow.encode(out);
            out.writeBoolean(countBand != null);
            if (countBand != null && concurrencyBand != null) {
                countBand.encode(out);
                concurrencyBand.encode(out);
            }
            out.writeLong(minute);
            out.writeLong(firstMinute);
            current.encode(out);
            minutes.encode(out);
            out.writeInt(ahead.size());
            for (Map.Entry<Long, QueryParts> waiting : ahead.entrySet()) {
                out.writeLong(waiting.getKey());
                waiting.getValue().encode(out);
            }
            drop.encode(out);
        } catch (IOException e) {
            throw new IllegalStateException("an array of bytes can be written to", e);
        }
        return bytes.toByteArray();
    }

    /** Reads what {@link #encode} wrote, whatever the calendar was. */
    public static AgentOutlook decode(byte[] bytes, SlotCalendar calendar) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            byte version = in.readByte();
            if (version != VERSION && version != EARLIER_VERSION) {
                throw new IllegalArgumentException("an outlook of format " + version + ", which is not known here");
            }
            AgentOutlook outlook = new AgentOutlook(SlotSeries.decode(in, calendar), QualityTotals.decode(in));
            outlook.fast = Smoothed.decode(FAST_MINUTES, in);
            outlook.slow = Smoothed.decode(SLOW_MINUTES, in);
            if (in.readBoolean()) {
                outlook.countBand = ForecastBand.decode(DayForecast.HOURS, in);
                outlook.concurrencyBand = ForecastBand.decode(DayForecast.HOURS, in);
            }
            outlook.minute = in.readLong();
            outlook.firstMinute = in.readLong();
            outlook.current = QueryParts.decode(in);
            outlook.minutes = MinuteCounts.decode(HOUR_MINUTES, in);
            for (int i = in.readInt(); i > 0; i--) {
                outlook.ahead.put(in.readLong(), QueryParts.decode(in));
            }
            outlook.drop = version == VERSION ? QualityDrop.decode(in) : outlook.drop;
            return outlook;
        } catch (IOException e) {
            throw new IllegalArgumentException("an outlook cannot be read from " + bytes.length + " bytes", e);
        }
    }
}
