package dev.agentpulse.local.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process and the thread that starts it again whenever it ends, at once first, then with growing pauses. A task manager
 * whose job another one takes over comes back when that has settled: a JVM that starts takes a core or more for seconds.
 */
final class KeptProcess implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(KeptProcess.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration PAUSE_BESIDE_SPARE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);
    /** A process that lived this long had started well: the next pause is a short one again. */
    private static final Duration STARTED_WELL = Duration.ofSeconds(20);

    private final ClusterFolder folder;
    private final FlinkProcess process;
    private final ProcessIdFile idFile;
    private final List<ProcessIdFile> spares;
    private final CountDownLatch released = new CountDownLatch(1);

    /**
     * @param spares names of the processes that take over when this one ends
     */
    KeptProcess(ClusterFolder folder, FlinkProcess process, List<String> spares) {
        this.folder = folder;
        this.process = process;
        this.idFile = new ProcessIdFile(folder, process.name());
        this.spares =
                spares.stream().map(name -> new ProcessIdFile(folder, name)).toList();
    }

    String name() {
        return process.name();
    }

    /** From now on the process may end. */
    void release() {
        released.countDown();
    }

    @Override
    public void run() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!isReleased()) {
                ProcessHandle running = adoptOrStart();
                Instant since = Instant.now();
                running.onExit().join();
                if (isReleased()) {
                    return;
                }
                boolean startedWell = Duration.between(since, Instant.now()).compareTo(STARTED_WELL) > 0;
                pause = startedWell ? firstPause() : longer(pause);
                LOG.warn("{} (process {}) ended; starting it again in {} ms", name(), running.pid(), pause.toMillis());
                if (released.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isReleased() {
        return released.getCount() == 0;
    }

    private ProcessHandle adoptOrStart() throws IOException {
        ProcessHandle running = idFile.find().orElse(null);
        if (running != null) {
            LOG.info("{} runs already as process {}", name(), running.pid());
            return running;
        }
        emptyTemporaryFolder();
        Path output = folder.logs().resolve(name() + ".out");
        ProcessBuilder builder = process.builder(folder)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        // Passwords reach the job by file.
        builder.environment().keySet().removeIf(variable -> variable.startsWith("AGENTPULSE_"));
        ProcessHandle started = builder.start().toHandle();
        idFile.write(started);
        LOG.info("Started {} as process {}", name(), started.pid());
        return started;
    }

    /** What a killed process unpacked, some 20 MB of native libraries, would stay for good. */
    private void emptyTemporaryFolder() throws IOException {
        Path temporary = folder.temporary(name());
        if (Files.exists(temporary)) {
            try (Stream<Path> files = Files.walk(temporary)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
        Files.createDirectories(temporary);
    }

    private Duration firstPause() {
        boolean hasSpare = spares.stream().anyMatch(spare -> spare.find().isPresent());
        return hasSpare ? PAUSE_BESIDE_SPARE : FIRST_PAUSE;
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
}
