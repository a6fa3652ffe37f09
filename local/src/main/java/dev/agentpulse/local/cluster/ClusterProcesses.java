package dev.agentpulse.local.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends processes of a cluster by their process id files, and nobody else's. */
final class ClusterProcesses {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterProcesses.class);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private ClusterProcesses() {}

    /** Stops them in the opposite of their starting order; one that does not end when asked to is killed. */
    static void stop(ClusterFolder folder, List<String> namesInStartingOrder) throws IOException {
        List<String> names = new ArrayList<>(namesInStartingOrder);
        Collections.reverse(names);
        for (String name : names) {
            ProcessIdFile idFile = new ProcessIdFile(folder, name);
            Optional<ProcessHandle> running = idFile.find();
            if (running.isPresent()) {
                end(name, running.get(), PATIENCE);
            }
            idFile.delete();
        }
    }

    static void end(String name, ProcessHandle process, Duration patience) {
        process.destroy();
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("{} (process {}) did not end within {} s; killing it", name, process.pid(), patience.toSeconds());
            process.destroyForcibly();
            process.onExit().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for process " + process.pid() + " failed", e);
        }
    }
}
