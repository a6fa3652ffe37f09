package dev.agentpulse.bench.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * When each transaction is due: at fixed times, whatever became of those before. One that is late does not shift the
 * others, and its delay counts from its plan, so that a slow system is asked as often as a fast one.
 */
final class Schedule {

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final double transactionsPerSecond;
    private final double seconds;

    /** @param transactionsPerSecond infinite for no plan but the end */
    Schedule(double transactionsPerSecond, double seconds) {
        if (!(transactionsPerSecond > 0)) {
            throw new IllegalArgumentException(
                    "transactions must be due, but are " + transactionsPerSecond + " a second");
        }
        this.transactionsPerSecond = transactionsPerSecond;
        this.seconds = seconds;
    }

    static Schedule of(Load load, double seconds) {
        return new Schedule(
                load.flatOut() ? Double.POSITIVE_INFINITY : load.changesPerSecond() / load.transactionRows(), seconds);
    }

    boolean isPlanned() {
        return !Double.isInfinite(transactionsPerSecond);
    }

    /** Nanoseconds from the start at which transaction {@code number}, from 0 on, is due. */
    long dueNanos(long number) {
        return isPlanned() ? Math.round(number / transactionsPerSecond * NANOS_PER_SECOND) : 0;
    }

    /** Whether the transaction is part of the load; one without a plan is, if it begins in time. */
    boolean includes(long number, long nanosSinceStart) {
        long end = Math.round(seconds * NANOS_PER_SECOND);
        return (isPlanned() ? dueNanos(number) : nanosSinceStart) < end;
    }

    static void sleepUntil(long nanos) {
        long left = nanos - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = nanos - System.nanoTime();
        }
    }
}
