package dev.agentpulse.gateway;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for something that comes by itself. */
final class Await {

    private static final long SECONDS = 30;
    private static final long LOOK_EVERY_NANOS = 20_000_000;

    private Await() {}

    interface Condition {
        boolean holds() throws SQLException;
    }

    static void until(String what, Condition condition) throws SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + SECONDS + " s: " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }
}
