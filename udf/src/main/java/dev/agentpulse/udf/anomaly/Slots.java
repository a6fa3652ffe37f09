package dev.agentpulse.udf.anomaly;

/**
 * One figure of an agent's past, by slots of 15 minutes. A slot is open at its start and closed at its end, and has the
 * number of its end: slot {@code n} ends at {@code n * SLOT_MICROS}.
 */
public interface Slots {

    /** Microseconds of a slot. */
    long SLOT_MICROS = 15 * 60 * 1_000_000L;

    /** Slots of a week. */
    int WEEK = 7 * 24 * 4;

    /** The first slot of which everything is known; {@link Long#MAX_VALUE} where none is. */
    long firstSlot();

    /** The sum of the figure in a slot from {@link #firstSlot()} on. */
    double sum(long slot);
}
