package dev.agentpulse.local.stack.demo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been started, stopped in reverse. Starting and stopping exclude each other, so a signal in the middle of a
 * start leaves nothing running.
 */
final class RunningParts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningParts.class);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private boolean closing;

    /**
     * Starts a part.
     *
     * @throws CancellationException when everything is being stopped already
     */
    synchronized <T extends AutoCloseable> T start(Callable<T> start) throws Exception {
        if (closing) {
            throw new CancellationException("stopping");
        }
        T part = start.call();
        parts.push(part);
        return part;
    }

    synchronized boolean isClosing() {
        return closing;
    }

    @Override
    public synchronized void close() {
        closing = true;
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                // The parts below must still be stopped.
                LOG.error("{} did not stop cleanly", part.getClass().getSimpleName(), e);
            }
        }
    }
}
