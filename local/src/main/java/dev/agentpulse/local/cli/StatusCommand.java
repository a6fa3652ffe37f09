package dev.agentpulse.local.cli;

import dev.agentpulse.local.PrintableText;
import dev.agentpulse.local.cluster.Cluster;
import dev.agentpulse.local.cluster.CompletedCheckpoint;
import dev.agentpulse.local.cluster.FlinkJob;
import dev.agentpulse.local.cluster.Supervisor;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.SnapshotProgress;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./agentpulse cluster status}: exit code 0 only when everything that should run does. */
@Command(
        name = "status",
        description =
                "Show the processes and the job, and with --database-url how far a job that starts is with reading"
                        + " the tables; the exit code is 0 when all of them run.",
        sortOptions = false)
final class StatusCommand implements Callable<Integer> {

    private static final int NOT_ALL_WELL = 1;
    private static final String RUNNING = "RUNNING";

    @Mixin
    ClusterFolderOption where = new ClusterFolderOption();

    @Mixin
    DatabaseOptions database = new DatabaseOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() throws Exception {
        Cluster cluster = where.open();
        boolean processesRun = printProcesses(cluster, System.out);
        boolean jobRuns = printJob(cluster, System.out);
        DatabaseAddress results = database.named();
        if (results != null) {
            printSnapshot(results, System.out);
        }
        return processesRun && jobRuns ? 0 : NOT_ALL_WELL;
    }

    private static boolean printProcesses(Cluster cluster, PrintStream out) {
        List<String> names = new ArrayList<>();
        names.add(Supervisor.NAME);
        names.addAll(cluster.processNames());
        boolean allRun = true;
        for (String name : names) {
            Optional<ProcessHandle> process = cluster.process(name);
            allRun &= process.isPresent();
            out.printf(
                    "%-16s %s%n",
                    name, process.map(running -> "process " + running.pid()).orElse("not running"));
        }
        return allRun;
    }

    private static boolean printJob(Cluster cluster, PrintStream out) throws InterruptedException {
        try {
            Optional<FlinkJob> job = cluster.rest().liveJob();
            if (job.isEmpty()) {
                out.println("job              none; submit it with ./agentpulse cluster submit");
                return false;
            }
            FlinkJob running = job.get();
            out.printf("%-16s %s %s, %s%n", "job", PrintableText.of(running.name()), running.id(), running.state());
            Optional<CompletedCheckpoint> checkpoint = cluster.rest().latestCheckpoint(running.id());
            out.printf(
                    "%-16s %s%n",
                    "checkpoint", checkpoint.map(StatusCommand::describe).orElse("none yet"));
            return running.state().equals(RUNNING);
        } catch (IOException e) {
            out.println("job              unknown: no job manager answers ("
                    + PrintableText.of(String.valueOf(e.getMessage())) + ")");
            return false;
        }
    }

    /** Only while the job reads the tables. */
    private static void printSnapshot(DatabaseAddress results, PrintStream out) {
        try (Connection connection = results.connect("agentpulse-status")) {
            String progress = SnapshotProgress.read(connection);
            if (!progress.isEmpty()) {
                out.printf("%-16s %s%n", "snapshot", PrintableText.of(progress));
            }
        } catch (SQLException e) {
            out.printf("%-16s unknown: %s%n", "snapshot", PrintableText.of(String.valueOf(e.getMessage())));
        }
    }

    private static String describe(CompletedCheckpoint checkpoint) {
        long ageSeconds = Duration.between(Instant.ofEpochMilli(checkpoint.completedMillis()), Instant.now())
                .toSeconds();
        return "number " + checkpoint.id() + ", " + ageSeconds + " s old, " + checkpoint.stateBytes() / 1024 + " KiB";
    }
}
