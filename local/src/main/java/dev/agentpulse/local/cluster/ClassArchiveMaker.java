package dev.agentpulse.local.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the class archives that are missing, behind the back of a cluster that runs; the next processes use them. */
final class ClassArchiveMaker {

    private static final Logger LOG = LoggerFactory.getLogger(ClassArchiveMaker.class);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private ClassArchiveMaker() {}

    /** In a thread that ends with the process, or when nothing is missing. */
    static void start(ClusterFolder folder, List<FlinkProcess> processes) throws IOException {
        Files.createDirectories(ClassArchive.folder());
        Thread thread = new Thread(() -> run(folder, processes), "class-archives");
        thread.setDaemon(true);
        thread.start();
    }

    private static void run(ClusterFolder folder, List<FlinkProcess> processes) {
        try {
            boolean missing = true;
            while (missing) {
                Thread.sleep(PAUSE.toMillis());
                missing = false;
                for (FlinkProcess process : processes) {
                    ClassArchive archive = process.archive(folder).orElse(null);
                    if (archive != null && !archive.isThere()) {
                        archive.makeIfPossible();
                        missing |= !archive.isThere();
                    }
                }
            }
        } catch (IOException e) {
            LOG.warn("Processes start without shared classes, which takes longer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
