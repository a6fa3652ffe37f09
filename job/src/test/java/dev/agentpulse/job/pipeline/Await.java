package dev.agentpulse.job.pipeline;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for something that must come, and for no longer than it takes. */
final class Await {

    /** Generous: it is only ever used up by a test that fails. */
    static final Duration BOUND = Duration.ofMinutes(5);

    private static final long POLL_MILLIS = 25;

    private Await() {}

    /** A question to a database or a cluster, which may fail. */
    interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Waits until a condition holds.
     *
     * @param what completes the sentence "waited in vain until …"
     */
    static void until(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + BOUND.toSeconds() + " s in vain until " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
        }
    }
}
