package dev.agentpulse.local.chaos.starts;

import dev.agentpulse.proof.RandomChanges;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Writes random transactions without end: some tens a second, or, once in a while, as many hundreds as it can. */
final class BusyWriter implements AutoCloseable {

    private static final int LONGEST_PAUSE_NANOS = 80_000_000;

    /** One in so many trials is written to without a pause worth the name. */
    private static final int BUSY_ONE_IN = 4;

    private static final int LONGEST_PAUSE_IF_BUSY_NANOS = 8_000_000;

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final CompletableFuture<Void> end;

    BusyWriter(RandomChanges changes, long seed) {
        Random random = new Random(seed);
        random.nextLong();
        int longestPauseNanos = random.nextInt(BUSY_ONE_IN) == 0 ? LONGEST_PAUSE_IF_BUSY_NANOS : LONGEST_PAUSE_NANOS;
        end = CompletableFuture.runAsync(
                () -> {
                    while (!stopped.get()) {
                        try {
                            changes.write(1);
                        } catch (SQLException e) {
                            throw new CompletionException("the writer failed", e);
                        }
                        LockSupport.parkNanos(random.nextInt(longestPauseNanos));
                    }
                },
                task -> new Thread(task, "busy-writer").start());
    }

    /** Returns behind the last commit; throws what ended the writer before. */
    @Override
    public void close() {
        stopped.set(true);
        end.join();
    }
}
