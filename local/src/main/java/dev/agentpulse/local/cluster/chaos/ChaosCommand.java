package dev.agentpulse.local.cluster.chaos;

import dev.agentpulse.local.HelpOption;
import dev.agentpulse.local.ProjectFolder;
import dev.agentpulse.local.cluster.Cluster;
import dev.agentpulse.local.cluster.ClusterFolder;
import dev.agentpulse.local.cluster.ClusterPlan;
import dev.agentpulse.local.cluster.LoopbackPorts;
import dev.agentpulse.local.database.Migrations;
import dev.agentpulse.local.database.SourceTables;
import dev.agentpulse.local.traffic.TrafficRate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./agentpulse chaos}: exit code 0 only when nothing was lost, nothing doubled, and results were fresh again. */
@Command(
        name = "chaos",
        description =
                "Start Postgres and a cluster of separate processes, write to the tables, break one thing after the"
                        + " other, and compare results, alerts and messages with plain SQL after each.",
        sortOptions = false)
public final class ChaosCommand implements Callable<Integer> {

    @Option(names = "--faults", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE}).")
    int faults = 30;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of faults, moments and traffic (default: ${DEFAULT-VALUE}).")
    long seed = 1;

    @Option(
            names = "--only",
            paramLabel = "FAULT",
            split = ",",
            description = "Only these kinds (default: all): ${COMPLETION-CANDIDATES}.")
    List<Fault> only = List.of(Fault.values());

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Changes a second; at 500 and more the query feed is sampled, which reads as loss"
                    + " (default: ${DEFAULT-VALUE}).")
    int rate = 100;

    @Option(
            names = {"-p", "--parallelism"},
            paramLabel = "N",
            description = "Of the job (default: ${DEFAULT-VALUE}).")
    int parallelism = 1;

    @Option(names = "--task-managers", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    int taskManagers = 2;

    @Option(names = "--job-managers", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    int jobManagers = 1;

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public Integer call() throws Exception {
        Path folder = ProjectFolder.work().resolve("chaos");
        empty(folder);
        System.out.println("Seed " + seed + ", " + faults + " faults; logs are in " + folder);
        try (ChaosDatabase database = new ChaosDatabase(folder.resolve("postgres"))) {
            Migrations.apply(database.address(), SourceTables.of(new Configuration()), true);
            Stage stage = new Stage(
                    Cluster.prepare(
                            new ClusterFolder(folder.resolve("cluster")),
                            new ClusterPlan(
                                    jobManagers, taskManagers, LoopbackPorts.anyFree(), LoopbackPorts.anyFree())),
                    database);
            // Ctrl-C and the like leave no process behind.
            Thread stop = new Thread(() -> stop(stage), "stop-chaos");
            Runtime.getRuntime().addShutdownHook(stop);
            try {
                stage.cluster().start();
                System.out.println("Database " + database.address().forPeople() + ", web UI "
                        + stage.cluster().webPage());
                return run(stage);
            } finally {
                stage.cluster().stop();
            }
        }
    }

    private int run(Stage stage) throws Exception {
        ChaosRun run = new ChaosRun(
                stage,
                new FaultSequence(only, seed),
                TrafficRate.parse(Integer.toString(rate)),
                parallelism,
                seed,
                System.out);
        List<FaultReport> reports = run.strike(faults);
        Summary.print(reports, System.out);
        System.out.println("Most database connections of the pipeline at once: " + run.mostConnections());
        return reports.size() == faults && reports.stream().allMatch(FaultReport::isWell) ? 0 : 1;
    }

    private static void stop(Stage stage) {
        try {
            stage.cluster().stop();
            stage.database().close();
        } catch (IOException e) {
            System.err.println("Not everything could be stopped: " + e.getMessage());
        }
    }

    private static void empty(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(folder);
    }
}
