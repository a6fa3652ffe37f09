package dev.agentpulse.udf.outlook;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Whether an agent's answers are worse than they were: the last 24 hours against the 30 days without them. It opens when the adjusted
 * score lies 5 points or more below what was usual and the intervals of both are apart, and it is over when less than half of
 * that is left. Judged again with the same rows it stays as it is, so it does not depend on how often somebody looks.
 *
 * <p>Not for several threads.
 */
public final class QualityDrop {

    /** Points below what was usual that open it. */
    public static final double POINTS = 5;

    private static final double OVER_POINTS = POINTS / 2;

    /** So few reviews say nothing: the confidence is low. */
    private static final long LEAST_REVIEWS = 10;

    private static final long NONE = Long.MIN_VALUE;

    private long openedAtMicros = NONE;

    /**
     * The last 24 hours and what was usual before. Both intervals are of one speed, because speed has none of its own and a
     * single slow answer would set them apart.
     *
     * @param score adjusted, of the 24 hours
     * @param reviewed answers of the 24 hours that were approved or rejected
     * @param usual score of the days before
     */
    public record Compared(
            double score, double low, double high, long reviewed, double usual, double usualLow, double usualHigh) {

        boolean opens() {
            return reviewed >= LEAST_REVIEWS && usual - score >= POINTS && high < usualLow;
        }

        boolean isOver() {
            return usual - score < OVER_POINTS;
        }
    }

    /** Receives drops that open and end. */
    public interface Listener {

        /** The score has dropped. */
        void dropped(long timeMicros, Compared compared);

        /**
         * The drop that opened at {@code droppedAtMicros} is over.
         *
         * @param compared null where nothing is left to be compared
         */
        void recovered(long droppedAtMicros, long timeMicros, @Nullable Compared compared);
    }

    boolean isOpen() {
        return openedAtMicros != NONE;
    }

    /** @param compared as of {@code timeMicros}; null where nothing can be compared */
    void judge(long timeMicros, @Nullable Compared compared, Listener listener) {
        if (!isOpen() && compared != null && compared.opens()) {
            openedAtMicros = timeMicros;
            listener.dropped(timeMicros, compared);
        } else if (isOpen() && (compared == null || compared.isOver())) {
            long droppedAtMicros = openedAtMicros;
            openedAtMicros = NONE;
            listener.recovered(droppedAtMicros, timeMicros, compared);
        }
    }

    void encode(DataOutput out) throws IOException {
        out.writeLong(openedAtMicros);
    }

    static QualityDrop decode(DataInput in) throws IOException {
        QualityDrop drop = new QualityDrop();
        drop.openedAtMicros = in.readLong();
        return drop;
    }
}
