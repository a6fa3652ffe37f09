package dev.agentpulse.job.outlook;

import dev.agentpulse.udf.outlook.AgentOutlook;
import dev.agentpulse.udf.outlook.ApprovalOutlook;
import dev.agentpulse.udf.outlook.SlotCalendar;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts what history knows before what agents and the queue hold. It is asked once for each, for a few at one time of the
 * log, and in the first day of a process only. The past is a help, and must not stop what is live: what cannot be read now
 * is asked for again with the next slot.
 */
final class OutlookPast {

    private static final Logger LOG = LoggerFactory.getLogger(OutlookPast.class);

    private static final long DAY_MICROS = TimeUnit.DAYS.toMicros(1);

    /** So many pasts are read at one time of the log, for which a tick waits; the others follow with the next ones. */
    private static final int PASTS_AT_ONCE = 10;

    private final PastSlots past;
    private final long slaMicros;
    private final SlotCalendar calendar;

    /** The keys that history has something of; null while history is being read. */
    private @Nullable Set<String> withPast;

    private long askAgainMicros = Long.MIN_VALUE;

    /** When pasts were last read, and how many. */
    private long pastsMicros = Long.MIN_VALUE;

    private int pastsRead;

    /** Time of the first change or tick of this process. */
    private long startMicros = Long.MIN_VALUE;

    /** @param slaMicros how long an approval may wait */
    OutlookPast(PastSlots past, long slaMicros, SlotCalendar calendar) {
        this.past = past;
        this.slaMicros = slaMicros;
        this.calendar = calendar;
    }

    /** What is held, behind the past if that is there now. */
    AgentOutlook fill(OutlookHeld held, AgentOutlook live, long nowMicros) {
        if (!asksForPast(held, live.hasNoPast(), nowMicros)) {
            return live;
        }
        List<PastSlots.Slot> slots = slots(held, () -> past.read(held.key, live.rowsFromMicros()));
        if (slots.isEmpty()) {
            return live;
        }
        AgentOutlook filled = new AgentOutlook(slots.get(0).number, calendar);
        for (PastSlots.Slot slot : slots) {
            filled.addPast(slot.number, slot.parts);
        }
        filled.endPast(AgentOutlook.slotOf(live.rowsFromMicros()));
        filled.continueWith(live);
        held.forecastSlot = Long.MIN_VALUE;
        return filled;
    }

    /** Likewise of a queue. */
    ApprovalOutlook fill(OutlookHeld held, ApprovalOutlook live, long nowMicros) {
        if (!asksForPast(held, live.hasNoPast(), nowMicros)) {
            return live;
        }
        List<PastSlots.QueueSlot> slots =
                slots(held, () -> past.readQueue(held.table.subjectOf(held.key), live.rowsFromMicros()));
        if (slots.isEmpty()) {
            return live;
        }
        // What waited at the end of each slot, from what came and went since the first: so that as many wait now as do.
        int waited = 0;
        for (PastSlots.QueueSlot slot : slots) {
            waited += slot.stillWaiting - slot.requested + slot.decided;
        }
        ApprovalOutlook filled = new ApprovalOutlook(slots.get(0).number, slaMicros, calendar);
        for (PastSlots.QueueSlot slot : slots) {
            waited += slot.requested - slot.decided;
            filled.addPast(slot.number, slot.requested, Math.max(0, waited));
        }
        filled.endPast(AgentOutlook.slotOf(live.rowsFromMicros()));
        filled.continueWith(live);
        held.forecastSlot = Long.MIN_VALUE;
        return filled;
    }

    /** Whether the past is to be asked for now: once, and in the first day of a process only. */
    private boolean asksForPast(OutlookHeld held, boolean hasNoPast, long nowMicros) {
        held.waitsForPast = false;
        if (startMicros == Long.MIN_VALUE) {
            startMicros = nowMicros;
        }
        if (!hasNoPast || held.askedForPast || nowMicros > startMicros + DAY_MICROS) {
            return false;
        }
        if (nowMicros >= askAgainMicros) {
            askAgainMicros = nowMicros + OutlookLogic.SLOT_MICROS;
            withPast = read(past::keys);
        }
        if (withPast == null || !withPast.contains(held.key)) {
            return false;
        }
        if (nowMicros != pastsMicros) {
            pastsMicros = nowMicros;
            pastsRead = 0;
        }
        held.waitsForPast = pastsRead == PASTS_AT_ONCE;
        held.askedForPast = !held.waitsForPast;
        pastsRead += held.askedForPast ? 1 : 0;
        return held.askedForPast;
    }

    private interface PastRead<T> {
        @Nullable
        T read() throws SQLException;
    }

    /** Null for what cannot be read now. */
    private <T> @Nullable T read(PastRead<T> work) {
        try {
            return work.read();
        } catch (SQLException e) {
            LOG.warn("the past cannot be read now, and is asked for again: {}", e.getMessage());
            past.close();
            withPast = null;
            return null;
        }
    }

    /** Of one whose turn it is; nothing if it has to ask again. */
    private <S> List<S> slots(OutlookHeld held, PastRead<List<S>> work) {
        List<S> found = read(work);
        held.askedForPast = found != null;
        return found == null ? List.of() : found;
    }
}
