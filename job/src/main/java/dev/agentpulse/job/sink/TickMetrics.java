package dev.agentpulse.job.sink;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.metrics.MetricGroup;

/** What the writer's metrics show; set by the thread that writes, read by Flink's. */
final class TickMetrics {

    private static final long MICROS_PER_MILLI = 1000;

    private final AtomicLong written = new AtomicLong();
    private final AtomicLong replayed = new AtomicLong();
    private volatile long lastTickMillis;
    private volatile long lastTickRows;
    private volatile long freshnessMillis;

    TickMetrics(MetricGroup group) {
        group.gauge("ticksWritten", written::get);
        group.gauge("ticksReplayed", replayed::get);
        group.gauge("lastTickMillis", () -> lastTickMillis);
        group.gauge("lastTickRows", () -> lastTickRows);
        group.gauge("freshnessMillis", () -> freshnessMillis);
    }

    /** Whether none was written since the start. */
    boolean noneWritten() {
        return written.get() == 0;
    }

    /**
     * A tick is done.
     *
     * @param isNew whether it was written, and not only seen to be there
     * @param beganNanos when it began, by {@link System#nanoTime}
     */
    void done(boolean isNew, int rows, long asOfMicros, long beganNanos) {
        (isNew ? written : replayed).incrementAndGet();
        freshnessMillis = System.currentTimeMillis() - asOfMicros / MICROS_PER_MILLI;
        lastTickMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
        lastTickRows = rows;
    }
}
