package dev.agentpulse.job.pipeline;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Writes on and on while a test does something to the pipeline. */
final class BackgroundWriter implements AutoCloseable {

    /** Between two steps, so that a slow machine's backlog stays small. */
    private static final Duration PAUSE = Duration.ofMillis(2);

    /** One transaction or a few. */
    interface Step {
        void write() throws Exception;
    }

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong steps = new AtomicLong();
    private final CompletableFuture<Void> done;

    BackgroundWriter(Step step) {
        this(PAUSE, step);
    }

    BackgroundWriter(Duration pause, Step step) {
        done = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                try {
                    step.write();
                } catch (Exception e) {
                    throw new IllegalStateException("the writer failed: " + e.getMessage(), e);
                }
                steps.incrementAndGet();
                LockSupport.parkNanos(pause.toNanos());
            }
        });
    }

    /** Waits until so many more steps are done. */
    void awaitSteps(long more) throws Exception {
        long target = steps.get() + more;
        Await.until("the writer has done " + target + " steps", () -> done.isDone() || steps.get() >= target);
        if (done.isDone()) {
            done.get(); // tells why
        }
    }

    /** Stops, and waits for the last transaction. */
    @Override
    public void close() throws ExecutionException, InterruptedException {
        stop.set(true);
        done.get();
    }
}
