package dev.agentpulse.job.sink;

import dev.agentpulse.job.model.TickProgress;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Lets other threads have something done between two ticks, by the thread that writes them, one after the other, and wait
 * for it.
 */
final class BetweenTicks {

    private final BlockingQueue<Consumer<TickProgress>> handed = new ArrayBlockingQueue<>(1);

    private final Runnable wake;

    /** @param wake called when there is something to be done, so that it does not wait for the next tick */
    BetweenTicks(Runnable wake) {
        this.wake = wake;
    }

    /** What is to be done, in transactions of its own. */
    interface Step<R> {
        /**
         * Does it.
         *
         * @param written the last tick that was written
         */
        R run(TickProgress written) throws SQLException;
    }

    /**
     * Has a step done.
     *
     * @throws SQLException as the step throws it
     */
    <R> R run(Step<R> step) throws SQLException, InterruptedException {
        CompletableFuture<R> answer = new CompletableFuture<>();
        handed.put(written -> {
            try {
                answer.complete(step.run(written));
            } catch (SQLException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        wake.run();
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException problem) {
                throw problem;
            }
            throw new IllegalStateException("a step between two ticks has failed", e.getCause());
        }
    }

    boolean isAsked() {
        return !handed.isEmpty();
    }

    /** Does what is to be done, if there is something. */
    void serve(TickProgress written) {
        Consumer<TickProgress> step = handed.poll();
        if (step != null) {
            step.accept(written);
        }
    }
}
