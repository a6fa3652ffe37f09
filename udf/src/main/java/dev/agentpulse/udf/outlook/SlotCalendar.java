package dev.agentpulse.udf.outlook;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;

/**
 * Which slot has the same local time some days before another one. Slots are those of UTC, see {@link SlotSeries}, so what is
 * kept by them does not depend on the zone.
 *
 * <p>As {@link ZonedDateTime#minusDays} has it: of a local time that was there twice that day it is the one with the same
 * offset, and instead of one that was not there the one that is later by as much as was left out. So a day before is 23 or 25
 * hours before in the 24 hours behind a clock change, and 24 otherwise. An offset that is no multiple of a slot (there are
 * none since 1972) leads to the slot that holds the instant.
 *
 * <p>What was asked is kept, because all agents ask the same: it is worked out once a slot. 40 kB. Not for several threads,
 * unless clocks never change in the zone.
 */
public final class SlotCalendar {

    /** Where a day is always 24 hours. For any thread. */
    public static final SlotCalendar UTC = new SlotCalendar(ZoneOffset.UTC);

    /** How far back may be asked. */
    public static final int MOST_DAYS = 14;

    /** Slots that are kept, a power of 2: more than from a week ago to tomorrow, of which one evaluation may ask. */
    private static final int ROOM = 1024;

    /** Of each slot a place for each number of days. */
    private static final int PLACES = 16;

    private final ZoneId zone;
    private final boolean isFixed;

    // Slot s is at s modulo their number.
    private final long[] slots;
    private final short[] slotsBack;

    /** @param zone whose local time counts */
    public SlotCalendar(ZoneId zone) {
        this.zone = zone;
        this.isFixed = zone.getRules().isFixedOffset();
        this.slots = new long[isFixed ? 0 : ROOM];
        this.slotsBack = new short[isFixed ? 0 : ROOM * PLACES];
        Arrays.fill(slots, Long.MIN_VALUE);
    }

    /**
     * The slot that has the same local time.
     *
     * @param days from 1 to {@link #MOST_DAYS}
     */
    public long daysAgo(long slot, int days) {
        if (isFixed) {
            return slot - (long) days * SlotSeries.SLOTS_PER_DAY;
        }
        int place = (int) slot & (ROOM - 1);
        if (slots[place] != slot) {
            keep(slot, place);
        }
        return slot - slotsBack[place * PLACES + days];
    }

    private void keep(long slot, int place) {
        ZonedDateTime time =
                Instant.ofEpochSecond(slot * SlotSeries.SLOT_SECONDS).atZone(zone);
        for (int days = 1; days <= MOST_DAYS; days++) {
            long then = Math.floorDiv(time.minusDays(days).toEpochSecond(), (long) SlotSeries.SLOT_SECONDS);
            slotsBack[place * PLACES + days] = (short) (slot - then);
        }
        slots[place] = slot;
    }
}
