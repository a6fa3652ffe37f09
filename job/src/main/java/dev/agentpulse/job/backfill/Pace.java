package dev.agentpulse.job.backfill;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Holds a reader back, so that it takes no more than so many rows a second. Not for several threads. */
public final class Pace {

    /** The clock is not asked for each row. */
    private static final int ROWS_AT_ONCE = 500;

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long nanosAtOnce;
    private final LongSupplier nanoTime;
    private final Pause pause;
    private long nextNanos;
    private int rows;

    /** Waits. */
    public interface Pause {
        void millis(long millis) throws InterruptedException;
    }

    /**
     * @param limit rows a second, at least 1
     * @param nanoTime as {@link System#nanoTime}
     */
    public Pace(int limit, LongSupplier nanoTime, Pause pause) {
        this.nanosAtOnce = NANOS_PER_SECOND * ROWS_AT_ONCE / limit;
        this.nanoTime = nanoTime;
        this.pause = pause;
        this.nextNanos = nanoTime.getAsLong();
    }

    /** A row was taken. */
    public void row() throws InterruptedException {
        if (++rows < ROWS_AT_ONCE) {
            return;
        }
        rows = 0;
        long now = nanoTime.getAsLong();
        // What was not used before is not made up for.
        nextNanos = Math.max(nextNanos, now - NANOS_PER_SECOND) + nanosAtOnce;
        long millis = TimeUnit.NANOSECONDS.toMillis(nextNanos - now);
        if (millis > 0) {
            pause.millis(millis);
        }
    }
}
