package dev.agentpulse.local.stack.demo;

import dev.agentpulse.job.config.JobOptions;
import dev.agentpulse.job.preflight.Finding;
import dev.agentpulse.local.CliFailure;
import dev.agentpulse.local.LoopbackPorts;
import dev.agentpulse.local.PrintableText;
import dev.agentpulse.local.ProjectFolder;
import dev.agentpulse.local.stack.database.DatabaseAddress;
import dev.agentpulse.local.stack.database.EmbeddedDatabase;
import dev.agentpulse.local.stack.database.Migrations;
import dev.agentpulse.local.stack.database.PreflightCheck;
import dev.agentpulse.local.stack.database.SourceTables;
import dev.agentpulse.local.stack.flink.CheckpointFolder;
import dev.agentpulse.local.stack.flink.FlinkSettings;
import dev.agentpulse.local.stack.flink.JobLauncher;
import dev.agentpulse.local.stack.flink.LocalCluster;
import dev.agentpulse.local.stack.summary.SummaryDisplay;
import dev.agentpulse.local.stack.summary.SummaryReader;
import dev.agentpulse.local.stack.traffic.TrafficGenerator;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.jspecify.annotations.Nullable;

/** Starts the whole system, step by step, and shows what it does until the job ends or somebody stops it. */
public final class Demo implements AutoCloseable {

    private static final long STATUS_POLL_MILLIS = 100;
    private static final String SNAPSHOT_STEP = "snapshot, first results";

    private final DemoSettings settings;
    private final RunningParts parts = new RunningParts();
    private final PrintStream out;
    private final StartSteps steps;
    private @Nullable EmbeddedDatabase embedded;

    public Demo(DemoSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
        this.steps = new StartSteps(out, settings.liveScreen());
    }

    /** Returns when the job is over, with the reason; throws {@link CliFailure} when a part does not start. */
    public String run() throws Exception {
        WorkFolder folder = parts.start(() -> WorkFolder.open(folder(), settings.dataFolder() != null));
        folder.clearLeftovers();
        requireFreePorts();
        DatabaseAddress database = database(folder);
        SourceTables tables = SourceTables.of(settings.jobOptions());
        migrate(database, tables);
        preflight(database);
        // Whoever opens the page sees the first results come; results of an earlier run are too old for that.
        boolean fresh = settings.database() == null && settings.dataFolder() == null;
        Page page = fresh ? page(database, tables) : null;

        LocalCluster cluster;
        CompletableFuture<String> end;
        try (FirstResults results = FirstResults.since(database)) {
            cluster = cluster(folder, database);
            end = cluster.end();
            LocalCluster started = cluster;
            steps.step("job", () -> await(started::isRunning, end));
            steps.step(SNAPSHOT_STEP, () -> await(() -> haveCome(results), end));
        }
        if (!fresh) {
            page = page(database, tables);
        }
        // Not the superuser: whoever owns the tables could have a trigger do something in the writer's name.
        DatabaseAddress writer = embedded == null ? database : embedded.owner();
        TrafficGenerator traffic =
                parts.start(() -> TrafficGenerator.start(writer, tables, settings.traffic(), settings.trafficSeed()));

        List<String> header = header(database, folder, page);
        steps.say("");
        header.forEach(steps::say);
        steps.say("");
        parts.start(() -> SummaryDisplay.start(
                new SummaryReader(database), header, () -> condition(cluster, traffic), settings.liveScreen(), out));
        return end.get();
    }

    /** Whether somebody is stopping the demo, so that the end of the job is no failure. */
    public boolean isClosing() {
        return parts.isClosing();
    }

    /** Stops everything in reverse order: at the end no process, no lock and no temporary file is left. */
    @Override
    public void close() {
        parts.close();
    }

    private void requireFreePorts() {
        if (settings.database() == null) {
            LoopbackPorts.requireFree(settings.postgresPort(), "Postgres", "--postgres-port");
        }
        LoopbackPorts.requireFree(settings.flinkPort(), "Flink's web UI", "--flink-port");
        Integer pagePort = settings.pagePort();
        if (pagePort != null) {
            LoopbackPorts.requireFree(pagePort, "the page", "--page-port");
        }
    }

    private Path folder() {
        Path chosen = settings.dataFolder();
        return chosen != null ? chosen : usualFolder(settings.flinkPort());
    }

    /** The folder of a demo that was given none. */
    public static Path usualFolder(int flinkPort) {
        return ProjectFolder.work().resolve("demo").resolve(Integer.toString(flinkPort));
    }

    private DatabaseAddress database(WorkFolder folder) throws Exception {
        DatabaseAddress existing = settings.database();
        if (existing != null) {
            return existing;
        }
        EmbeddedDatabase started = steps.step(
                "Postgres",
                () -> parts.start(() -> EmbeddedDatabase.startGuarded(
                        folder.postgres(), settings.postgresPort(), settings.dataFolder() != null)));
        embedded = started;
        return started.address();
    }

    private void migrate(DatabaseAddress database, SourceTables tables) throws Exception {
        boolean create = settings.database() == null || settings.createSourceTables();
        Migrations.Outcome outcome =
                steps.step("tables (migrations)", () -> Migrations.apply(database, tables, create));
        if (embedded != null) {
            embedded.handOver(tables);
        } else {
            outcome.notices().forEach(notice -> steps.say("    " + PrintableText.of(notice)));
        }
    }

    private void preflight(DatabaseAddress database) {
        if (settings.database() == null) {
            return;
        }
        List<Finding> findings = PreflightCheck.run(database, settings.jobOptions());
        PreflightCheck.print(findings, false, out);
        if (!PreflightCheck.canStart(findings)) {
            throw new CliFailure("The database is not ready: mend what is marked ERROR above, then start again.");
        }
    }

    private LocalCluster cluster(WorkFolder folder, DatabaseAddress database) throws Exception {
        Optional<Path> checkpoint = CheckpointFolder.newestComplete(folder.path());
        checkpoint.ifPresent(path -> steps.say("  going on from the checkpoint " + path));
        Configuration flink = FlinkSettings.load(folder.path(), settings.flinkPort(), checkpoint);
        Configuration options = new Configuration(settings.jobOptions());
        if (embedded != null && embedded.passwordFile() != null) {
            options.set(JobOptions.CAPTURE_PASSWORD_FILE, String.valueOf(embedded.passwordFile()));
        }
        JobGraph job = JobLauncher.jobGraph(flink, options, database);
        return steps.step("Flink", () -> parts.start(() -> LocalCluster.start(flink, job)));
    }

    private boolean haveCome(FirstResults results) throws SQLException {
        steps.progress(SNAPSHOT_STEP, results.progress());
        return results.areThere();
    }

    private static boolean await(Callable<Boolean> condition, CompletableFuture<String> end) throws Exception {
        while (!condition.call()) {
            if (isOverWithin(STATUS_POLL_MILLIS, end)) {
                throw new CliFailure("The job did not start: " + end.get());
            }
        }
        return true;
    }

    private static boolean isOverWithin(long millis, CompletableFuture<String> end)
            throws InterruptedException, ExecutionException {
        try {
            end.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private static String condition(LocalCluster cluster, TrafficGenerator traffic) {
        return cluster.status()
                + traffic.trouble()
                        .map(reason -> " (traffic is interrupted: " + reason + ")")
                        .orElse("");
    }

    private @Nullable Page page(DatabaseAddress database, SourceTables tables) throws Exception {
        Integer port = settings.pagePort();
        if (port == null) {
            return null;
        }
        boolean own = settings.database() == null;
        EmbeddedDatabase ours = embedded;
        String password = ours == null ? null : ours.gatewayPassword();
        try {
            Page page = steps.step("page", () -> parts.start(() -> Page.start(database, tables, password, port)));
            steps.say(page.line());
            return page;
        } catch (CliFailure e) {
            if (own) {
                throw e;
            }
            // Who may look at a person's database is for the person to say; the job runs without.
            steps.say("    There is no page: " + PrintableText.of(String.valueOf(e.getMessage())));
            return null;
        }
    }

    private List<String> header(DatabaseAddress database, WorkFolder folder, @Nullable Page page) {
        List<String> lines = new ArrayList<>();
        if (page != null) {
            lines.add(page.line());
        }
        lines.add("AgentPulse is running; Ctrl-C stops it.");
        if (page != null) {
            lines.add("  API        " + page.url() + " with the anon key " + Page.ANON_KEY);
        }
        lines.add("  Database   " + (embedded == null ? database.forPeople() : embedded.forPeople()));
        lines.add("  Flink UI   http://127.0.0.1:" + settings.flinkPort());
        lines.add("  Log        " + System.getProperty("log.file", "(none)"));
        lines.add("  Data       " + folder.path() + (settings.dataFolder() != null ? "" : " (removed at the end)"));
        return List.copyOf(lines);
    }
}
