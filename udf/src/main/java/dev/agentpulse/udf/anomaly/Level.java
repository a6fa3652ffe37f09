package dev.agentpulse.udf.anomaly;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * By how much today is above or below the weeks before: the sum of an hour by what was expected of it, within 0.5 and 2. So
 * a slow drift is no anomaly. The hour ends ten minutes before the window that is judged begins to matter, so that what
 * is found does not hide itself: for the last five minutes ten minutes ago, for the last hour ten minutes before it.
 *
 * <p>An incident that lasts would move the level, and its end would then look like the opposite incident. So the level
 * from before it is held until the hours are past it, and what lies between the two is as expected: an incident is over
 * when the figure is back, and also when it has stayed where it is for an hour.
 *
 * @param held the level before the incident; null where there was none
 * @param heldUntilMicros until when it counts
 */
public record Level(@Nullable Double held, long heldUntilMicros) {

    /** No incident has been near. */
    public static final Level NONE = new Level(null, Long.MIN_VALUE);

    /** How long ago the hour ended whose level the last five minutes have. */
    public static final long GAP_MICROS = 10 * 60 * 1_000_000L;

    /** How long ago the hour ended whose level the last hour has. */
    public static final long HOUR_GAP_MICROS = 70 * 60 * 1_000_000L;

    /** How long it takes until an incident is in none of the hours any more. */
    private static final long PAST_MICROS = 130 * 60 * 1_000_000L;

    private static final double LEAST = 0.5;
    private static final double MOST = 2;

    /** The level of an hour, drawn towards 1 by {@code prior}, so that chance does not make one. */
    static double of(double sum, double expected, double prior) {
        return Math.min(MOST, Math.max(LEAST, (sum + prior) / (expected + prior)));
    }

    /**
     * The level to compare by: that of now, or while one is held whatever is between the two and nearest to {@code ratio}, the
     * figure by what the weeks expect; a window holds some of the time of the incident and some of that after it.
     */
    double nearest(long timeMicros, double current, double ratio) {
        if (held == null || timeMicros > heldUntilMicros) {
            return current;
        }
        return nearest(held, current, ratio);
    }

    /** What is between two values and nearest to a third. */
    static double nearest(double one, double other, double wanted) {
        return Math.min(Math.max(one, other), Math.max(Math.min(one, other), wanted));
    }

    /** The level to hold after an evaluation, which had {@code current}. */
    Level next(long timeMicros, Incident before, Incident after, double current) {
        if (!after.isOpen()) {
            return heldUntilMicros >= timeMicros ? this : NONE;
        }
        boolean begins = !before.isOpen() && (held == null || heldUntilMicros < timeMicros);
        return new Level(begins ? Double.valueOf(current) : held, timeMicros + PAST_MICROS);
    }

    void encode(DataOutput out) throws IOException {
        out.writeDouble(held == null ? Double.NaN : held);
        out.writeLong(heldUntilMicros);
    }

    static Level decode(DataInput in) throws IOException {
        double held = in.readDouble();
        return new Level(Double.isNaN(held) ? null : Double.valueOf(held), in.readLong());
    }
}
