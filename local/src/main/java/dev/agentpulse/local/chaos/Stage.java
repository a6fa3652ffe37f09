package dev.agentpulse.local.chaos;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.local.cluster.Cluster;
import dev.agentpulse.local.cluster.ClusterFolder;
import dev.agentpulse.local.cluster.ClusterPlan;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.Migrations;
import dev.agentpulse.local.stack.database.SourceTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What faults can reach: the processes of a cluster, its checkpoints, a database. */
public final class Stage implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Stage.class);

    /** Far more than a job that reads holds back, and little enough to be written in a moment. */
    public static final String LITTLE_KEPT = "64MB";

    /** A slot is never lost. */
    public static final String EVERYTHING_KEPT = "-1";

    private final Cluster cluster;
    private final ChaosDatabase database;

    private Stage(Cluster cluster, ChaosDatabase database) {
        this.cluster = cluster;
        this.database = database;
    }

    /**
     * Starts an empty database and a cluster without a job, both in the folder, on ports that are free.
     *
     * @param slotKeepSize what a slot may hold back of the log
     */
    public static Stage build(Path folder, int jobManagers, int taskManagers, String slotKeepSize)
            throws IOException, SQLException, InterruptedException {
        ChaosDatabase database = new ChaosDatabase(folder.resolve("postgres"), slotKeepSize);
        Migrations.apply(database.address(), SourceTables.of(new Configuration()), true);
        ClusterPlan plan = new ClusterPlan(jobManagers, taskManagers, LoopbackPorts.anyFree(), LoopbackPorts.anyFree());
        Stage stage = new Stage(Cluster.prepare(new ClusterFolder(folder.resolve("cluster")), plan), database);
        // Ctrl-C and the like leave no process behind.
        Runtime.getRuntime().addShutdownHook(new Thread(stage::closeAtTheEnd, "stop-chaos"));
        stage.cluster().start();
        return stage;
    }

    ChaosDatabase database() {
        return database;
    }

    /** The database that the job reads and writes. */
    public DatabaseAddress address() {
        return database.address();
    }

    /** Where the password of {@link #address} lies. */
    public Path passwordFile() {
        return database.passwordFile();
    }

    /** The options by which a job logs in. */
    public Map<String, String> jobLogin() {
        return Map.of(
                JobOptions.DATABASE_URL.key(), address().jdbcUrl(),
                JobOptions.CAPTURE_USERNAME.key(), address().username(),
                JobOptions.CAPTURE_PASSWORD_FILE.key(), passwordFile().toString());
    }

    public Cluster cluster() {
        return cluster;
    }

    /** Brings a fault about, and returns when its cause is gone. */
    public void strike(Fault fault) throws IOException, SQLException, InterruptedException {
        fault.strike(this);
    }

    /** Stops the cluster, then the database; a second call does nothing. */
    @Override
    public void close() throws IOException {
        cluster.stop();
        database.close();
    }

    private void closeAtTheEnd() {
        try {
            close();
        } catch (IOException e) {
            LOG.error("Not everything could be stopped", e);
        }
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
