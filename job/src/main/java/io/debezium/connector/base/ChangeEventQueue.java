package io.debezium.connector.base;

import io.debezium.util.LoggingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for Debezium 1.9.8's class of this name, between the thread that reads the log and the one that polls.
 *
 * <p>There a poll returns when its interval has passed, however much waits already, and spins for the last millisecond of
 * it. Each change waited half an interval for nothing, and a shorter interval cost a tenth of a core on an idle
 * database. Here a poll returns with the first event.
 *
 * <p>The original is left out of the job jar; see {@code docs/decisions/0003-change-source.md}.
 *
 * @param <T> an event
 */
public class ChangeEventQueue<T> implements ChangeEventQueueMetrics {

    /** How long a poll waits for a first event; whoever polls looks between two polls whether to stop. */
    private static final long MAX_WAIT_MILLIS = 100;

    private final int maxBatchSize;
    private final int maxQueueSize;
    private final Supplier<LoggingContext.PreviousContext> loggingContext;
    private final BlockingQueue<T> events;

    /** Whether the newest event is kept back, to be changed once it is known to be the last. */
    private boolean buffering;

    private @Nullable T keptBack;
    private volatile @Nullable RuntimeException failure;

    private ChangeEventQueue(Builder<T> builder) {
        this.maxBatchSize = builder.maxBatchSize;
        this.maxQueueSize = builder.maxQueueSize;
        this.buffering = builder.buffering;
        this.loggingContext = Objects.requireNonNull(builder.loggingContext, "loggingContextSupplier");
        this.events = new LinkedBlockingQueue<>(maxQueueSize);
    }

    /** Debezium's settings; the poll interval and the limit in bytes have no meaning here. */
    public static class Builder<T> {
        private int maxQueueSize;
        private int maxBatchSize;
        private boolean buffering;
        private @Nullable Supplier<LoggingContext.PreviousContext> loggingContext;

        public Builder<T> pollInterval(Duration ignored) {
            return this;
        }

        public Builder<T> maxQueueSize(int size) {
            maxQueueSize = size;
            return this;
        }

        public Builder<T> maxBatchSize(int size) {
            maxBatchSize = size;
            return this;
        }

        public Builder<T> loggingContextSupplier(Supplier<LoggingContext.PreviousContext> supplier) {
            loggingContext = supplier;
            return this;
        }

        public Builder<T> maxQueueSizeInBytes(long ignored) {
            return this;
        }

        public Builder<T> buffering() {
            buffering = true;
            return this;
        }

        public ChangeEventQueue<T> build() {
            return new ChangeEventQueue<>(this);
        }
    }

    /** Adds an event; waits while the queue is full. */
    public void enqueue(@Nullable T event) throws InterruptedException {
        if (event == null) {
            return;
        }
        T ready = event;
        if (buffering) {
            ready = keptBack;
            keptBack = event;
        }
        if (ready != null) {
            events.put(ready);
        }
    }

    /** Adds the event that was kept back, changed. */
    public void flushBuffer(Function<T, T> change) throws InterruptedException {
        T last = keptBack;
        if (last != null) {
            keptBack = null;
            events.put(change.apply(last));
        }
    }

    /** Keeps no event back from here on. */
    public void disableBuffering() {
        buffering = false;
    }

    /**
     * Takes what is there, at most a batch; waits a moment if nothing is.
     *
     * @throws RuntimeException what {@link #producerException} was told
     */
    public List<T> poll() throws InterruptedException {
        LoggingContext.PreviousContext previous = loggingContext.get();
        try {
            List<T> batch = new ArrayList<>();
            T first = events.poll(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
            if (first != null) {
                batch.add(first);
                events.drainTo(batch, maxBatchSize - 1);
            } else if (failure != null) {
                throw failure;
            }
            return batch;
        } finally {
            previous.restore();
        }
    }

    /** Lets polls fail once the events before it are taken. */
    public void producerException(RuntimeException exception) {
        failure = exception;
    }

    @Override
    public int totalCapacity() {
        return maxQueueSize;
    }

    @Override
    public int remainingCapacity() {
        return events.remainingCapacity();
    }

    @Override
    public long maxQueueSizeInBytes() {
        return 0;
    }

    @Override
    public long currentQueueSizeInBytes() {
        return 0;
    }
}
