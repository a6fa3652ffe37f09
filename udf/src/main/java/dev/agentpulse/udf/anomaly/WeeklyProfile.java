package dev.agentpulse.udf.anomaly;

/**
 * What a figure should sum up to in a span of time, as the same time of an earlier week has it, smoothed over the
 * neighbouring slots, because a slot of a quiet agent is mostly chance.
 */
public final class WeeklyProfile {

    /** Weeks that are looked back. */
    public static final int WEEKS = 2;

    /** Half the width of the smoothing, in slots; a slot weighs less the further it is from the time in question. */
    private static final int REACH = 2;

    /** How far before now the spans begin that are asked for, in slots: an hour that ended 70 minutes ago. */
    private static final int SPANS = 9;

    private static final int DAYS = 7;

    private final Slots slots;
    private final int week;

    /** The week that is {@code week} weeks back. */
    public WeeklyProfile(Slots slots, int week) {
        if (week < 1 || week > WEEKS) {
            throw new IllegalArgumentException("week must be in 1.." + WEEKS + " but is " + week);
        }
        this.slots = slots;
        this.week = week;
    }

    /** Whether all is known that is needed to judge a time. */
    public boolean knows(long timeMicros) {
        long now = Math.floorDiv(timeMicros, Slots.SLOT_MICROS);
        // Behind a clock change it may be an hour more than before.
        long back = Math.max(back(now), back(now - SPANS));
        return slots.firstSlot() <= now - back - SPANS - REACH;
    }

    /** How many slots before one the same time of its week is. */
    private long back(long slot) {
        return slot - slots.daysAgo(slot, week * DAYS);
    }

    /**
     * The sum that is expected in a span.
     *
     * @param endMicros its end
     * @param spanMicros its length: at most a slot, or whole slots
     */
    public double expected(long endMicros, long spanMicros) {
        long piece = Math.min(spanMicros, Slots.SLOT_MICROS);
        double sum = 0;
        for (long end = endMicros; end > endMicros - spanMicros; end -= piece) {
            sum += rate(end - piece / 2);
        }
        return sum * piece / Slots.SLOT_MICROS;
    }

    /** The rate at an instant, as the sum of a whole slot: the slots around it, by weights that fall to 0 at the reach. */
    private double rate(long timeMicros) {
        // Slots are numbered by their ends; their middles are at half numbers.
        long slot = -Math.floorDiv(-timeMicros, Slots.SLOT_MICROS);
        double position = (double) timeMicros / Slots.SLOT_MICROS + 0.5 - (double) back(slot);
        long below = (long) Math.floor(position);
        double fraction = position - below;
        double sum = 0;
        for (int offset = 1 - REACH; offset <= REACH; offset++) {
            sum += (REACH - Math.abs(offset - fraction)) * slots.sum(below + offset);
        }
        // The weights of a triangle at whole steps sum up to its half width squared.
        return sum / (REACH * REACH);
    }
}
