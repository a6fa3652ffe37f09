package dev.agentpulse.udf.anomaly;

/**
 * One figure of an agent's past, by slots of 15 minutes. A slot is open at its start and closed at its end, and has the
 * number of its end: slot {@code n} ends at {@code n * SLOT_MICROS}.
 */
public interface Slots {

    /** Microseconds of a slot. */
    long SLOT_MICROS = 15 * 60 * 1_000_000L;

    /** Slots of 24 hours. */
    int DAY = 24 * 4;

    /** Slots of a week. */
    int WEEK = 7 * DAY;

    /** The first slot of which everything is known; {@link Long#MAX_VALUE} where none is. */
    long firstSlot();

    /** The sum of the figure in a slot from {@link #firstSlot()} on. */
    double sum(long slot);

    /**
     * The slot that has the same time of the day some days before, of whatever clock the figure follows: here one that never
     * changes.
     *
     * @param days from 1 to 14
     */
    default long daysAgo(long slot, int days) {
        return slot - (long) days * DAY;
    }
}
