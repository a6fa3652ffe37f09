package dev.agentpulse.job.sink;

import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread beside the one that writes ticks. It ends with the writer, whatever it waits for. */
final class SideThread {

    private static final Logger LOG = LoggerFactory.getLogger(SideThread.class);

    private static final long JOIN_MILLIS = 2000;

    private final String name;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable Thread thread;
    private volatile @Nullable Reading reading;

    SideThread(String name) {
        this.name = name;
    }

    /** What the thread does until it is interrupted, or has nothing more to do. */
    interface Work {
        void run() throws InterruptedException;
    }

    /** What the thread reads from, which may take long to answer. */
    interface Reading {
        void close() throws SQLException;
    }

    /** @param failed takes the error that ends the thread */
    void start(Work work, Consumer<Throwable> failed) {
        Thread started = new Thread(() -> run(work, failed), name);
        started.setDaemon(true);
        started.start();
        thread = started;
    }

    private static void run(Work work, Consumer<Throwable> failed) {
        try {
            work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            failed.accept(e);
        }
    }

    /** Has the thread wait; true if it has to end. */
    boolean awaitEnd(long millis) throws InterruptedException {
        return stopped.await(millis, TimeUnit.MILLISECONDS);
    }

    /** What is to be closed under the thread when it has to end; null once it reads no more. */
    void reads(@Nullable Reading from) {
        reading = from;
    }

    /** Ends it, and waits a little until it has. */
    void end() throws InterruptedException {
        if (thread == null) {
            return; // It was not started.
        }
        stopped.countDown();
        thread.interrupt();
        Reading open = reading;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOG.debug("what {} reads from cannot be closed", name, e);
            }
        }
        thread.join(JOIN_MILLIS);
    }
}
