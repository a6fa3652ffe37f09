package dev.agentpulse.local.cluster.chaos;

import dev.agentpulse.local.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What faults can reach: the processes of the cluster, its checkpoints, the database. */
final class Stage {

    private final Cluster cluster;
    private final ChaosDatabase database;

    Stage(Cluster cluster, ChaosDatabase database) {
        this.cluster = cluster;
        this.database = database;
    }

    ChaosDatabase database() {
        return database;
    }

    Cluster cluster() {
        return cluster;
    }

    String busyTaskManager() throws IOException, InterruptedException {
        return cluster.busyTaskManager().orElse("task-manager-1");
    }

    void signal(String signal, String processName) throws IOException, InterruptedException {
        ProcessHandle process =
                cluster.process(processName).orElseThrow(() -> new IOException(processName + " does not run"));
        Signals.send(signal, process);
    }

    void freeze(String processName, Duration duration) throws IOException, InterruptedException {
        signal("STOP", processName);
        try {
            Thread.sleep(duration.toMillis());
        } finally {
            signal("CONT", processName);
        }
    }

    /** A file where the folder was: not even root can write below it. */
    void blockCheckpoints(Duration duration) throws IOException, InterruptedException {
        Path folder = cluster.checkpointFolder();
        Path away = folder.resolveSibling(folder.getFileName() + ".away");
        Files.move(folder, away);
        Files.createFile(folder);
        try {
            Thread.sleep(duration.toMillis());
        } finally {
            Files.delete(folder);
            Files.move(away, folder);
        }
    }
}
