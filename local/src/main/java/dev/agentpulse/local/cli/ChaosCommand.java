package dev.agentpulse.local.cli;

import dev.agentpulse.local.ProjectFolder;
import dev.agentpulse.local.chaos.ChaosRun;
import dev.agentpulse.local.chaos.Fault;
import dev.agentpulse.local.chaos.FaultReport;
import dev.agentpulse.local.chaos.FaultSequence;
import dev.agentpulse.local.chaos.RecoveryTimes;
import dev.agentpulse.local.chaos.Stage;
import dev.agentpulse.local.chaos.corrections.CorrectionRun;
import dev.agentpulse.local.chaos.large.LargeLoad;
import dev.agentpulse.local.chaos.large.LargeRun;
import dev.agentpulse.local.chaos.starts.StartTrials;
import dev.agentpulse.local.stack.traffic.TrafficRate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
final class ChaosCommand implements Callable<Integer> {

    @Option(
            names = "--starts",
            paramLabel = "N",
            description = "Instead of faults on a running job: so many random schedules of start, changes, restart and"
                    + " kill while the tables are read, each compared with plain SQL. Their seeds are --seed and those"
                    + " that follow, so a failed one is repeated by --starts 1 with its own.")
    int starts;

    @Option(
            names = "--lanes",
            paramLabel = "N",
            description = "With --starts: schedules at the same time (default: ${DEFAULT-VALUE}).")
    int lanes = 2;

    @Option(
            names = "--large",
            description =
                    "Instead of faults: transactions and amounts far beyond the ordinary, each compared with plain"
                            + " SQL. Takes about a quarter of an hour and 20 GB of disk.")
    boolean large;

    @Option(
            names = "--loads",
            paramLabel = "LOAD",
            split = ",",
            description = "With --large, only these (default: all): ${COMPLETION-CANDIDATES}.")
    List<LargeLoad> loads = List.of(LargeLoad.values());

    @Option(
            names = "--corrections",
            paramLabel = "N",
            description =
                    "Instead of faults: so many corrections of rows from a minute to seven days old, each third one"
                            + " with a kill beside it, and how long until history equals plain SQL again; then a purge of what is"
                            + " older than two days, which must change no bucket.")
    int corrections;

    @Option(names = "--faults", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE}).")
    int faults = 30;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of faults, moments, corrections and traffic (default: ${DEFAULT-VALUE}).")
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
        if (starts > 0) {
            System.out.println("Schedules from seed " + seed + " on; logs are in " + folder);
            return new StartTrials(folder, starts, seed, lanes, System.out)
                            .run()
                            .isEmpty()
                    ? 0
                    : 1;
        }
        if (large) {
            try (Stage stage = Stage.build(folder, 1, 1, Stage.EVERYTHING_KEPT)) {
                System.out.println(
                        "Logs are in " + folder + ", web UI " + stage.cluster().webPage());
                return new LargeRun(stage, System.out).run(loads) ? 0 : 1;
            }
        }
        if (corrections > 0) {
            try (Stage stage = Stage.build(folder, jobManagers, taskManagers, Stage.EVERYTHING_KEPT)) {
                System.out.println("Seed " + seed + ", " + corrections + " corrections; logs are in " + folder
                        + ", web UI " + stage.cluster().webPage());
                return new CorrectionRun(stage, trafficRate(), parallelism, seed, System.out).run(corrections) ? 0 : 1;
            }
        }
        System.out.println("Seed " + seed + ", " + faults + " faults; logs are in " + folder);
        try (Stage stage = Stage.build(folder, jobManagers, taskManagers, Stage.LITTLE_KEPT)) {
            System.out.println("Database " + stage.address().forPeople() + ", password in " + stage.passwordFile()
                    + ", web UI " + stage.cluster().webPage());
            return run(stage);
        }
    }

    private int run(Stage stage) throws Exception {
        ChaosRun run = new ChaosRun(stage, new FaultSequence(only, seed), trafficRate(), parallelism, seed, System.out);
        List<FaultReport> reports = run.strike(faults);
        RecoveryTimes.print(reports, System.out);
        System.out.println("Most database connections of the pipeline at once: " + run.mostConnections());
        System.out.println(run.selfAudit());
        return reports.size() == faults && reports.stream().allMatch(FaultReport::isWell) ? 0 : 1;
    }

    private TrafficRate trafficRate() {
        return TrafficRate.parse(Integer.toString(rate));
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
        // The passwords of its Postgres lie in it.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
}
