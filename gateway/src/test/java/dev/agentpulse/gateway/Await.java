package dev.agentpulse.gateway;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for something that comes by itself; a machine that stands still for a while fails no test. */
final class Await {

    static final Duration BOUND = Duration.ofMinutes(3);

    private static final long LOOK_EVERY_NANOS = 20_000_000;

    private Await() {}

    interface Condition {
        boolean holds() throws SQLException;
    }

    static void until(String what, Condition condition) throws SQLException {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + BOUND.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }
}
