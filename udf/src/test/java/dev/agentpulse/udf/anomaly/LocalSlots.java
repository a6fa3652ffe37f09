package dev.agentpulse.udf.anomaly;

import dev.agentpulse.udf.outlook.SlotCalendar;
import java.time.ZoneId;
import java.util.function.LongToDoubleFunction;

/**
 * Slots whose days are those of a zone, as the job makes them.
 *
 * @param sums of each slot, numbered by its start
 */
record LocalSlots(SlotCalendar calendar, long firstSlot, LongToDoubleFunction sums) implements Slots {

    /** All of which is known. */
    LocalSlots(ZoneId zone, LongToDoubleFunction sums) {
        this(new SlotCalendar(zone), Long.MIN_VALUE, sums);
    }

    @Override
    public double sum(long slot) {
        return sums.applyAsDouble(slot - 1);
    }

    @Override
    public long daysAgo(long slot, int days) {
        return calendar.daysAgo(slot - 1, days) + 1;
    }
}
