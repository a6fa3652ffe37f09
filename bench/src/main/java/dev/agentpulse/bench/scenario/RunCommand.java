package dev.agentpulse.bench.scenario;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.agentpulse.bench.LoginOptions;
import dev.agentpulse.bench.load.SourceTables;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./agentpulse bench run SCENARIO…}, or without {@code run}. */
@Command(
        name = "run",
        description = "Run scenarios, files of bench/scenarios, against a pipeline that runs, and peers beside it."
                + " Reports go to bench/results. The rows are removed at the end; messages and alerts that came of"
                + " them stay: use a database that is there for it.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class RunCommand implements Callable<Integer> {

    private static final int NOT_AS_EXPECTED = 2;

    @Parameters(paramLabel = "SCENARIO", arity = "0..*", description = "Names, or paths of files; none lists them.")
    List<String> names = List.of();

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description = "A process of the job, on this machine, whose time and memory are told; may come several"
                    + " times.")
    List<Long> pids = List.of();

    @Option(
            names = "--flink-url",
            paramLabel = "URL",
            description = "Where Flink's web UI answers, such as http://127.0.0.1:8081: tells the size of the job's"
                    + " newest checkpoint.")
    @Nullable
    URI flink;

    @Option(names = "--seconds", paramLabel = "N", description = "Measure for so long, instead of the scenario's time.")
    @Nullable
    Double seconds;

    @Option(names = "--warm-up", paramLabel = "SECONDS", description = "The same of the warm-up.")
    @Nullable
    Double warmUp;

    @Option(names = "--repetitions", paramLabel = "N", description = "The same of the repetitions.")
    @Nullable
    Integer repetitions;

    @Option(
            names = "--start",
            paramLabel = "COMMAND",
            description = "Starts the pipeline, where the scenario begins with its start, such as './agentpulse demo"
                    + " --traffic none --no-page': the time to the first results is told, and a command that stays is"
                    + " ended at the end.")
    @Nullable
    String start;

    @Option(names = "--peers-only", description = "Leave the pipeline out; none has to run.")
    boolean peersOnly;

    @Mixin
    LoginOptions login = new LoginOptions();

    private final Path home = Path.of(System.getProperty("agentpulse.home", ""));

    @Override
    public Integer call() throws SQLException, IOException, InterruptedException {
        ScenarioFiles files = new ScenarioFiles(home.resolve("bench").resolve("scenarios"));
        List<Scenario> scenarios = new ArrayList<>();
        for (String name : names.isEmpty() ? files.names() : names) {
            scenarios.add(files.read(name).with(warmUp, seconds, repetitions));
        }
        if (names.isEmpty()) {
            scenarios.forEach(scenario -> System.out.printf(
                    "%-20s %s%n", scenario.name(), scenario.description().strip()));
            return 0;
        }
        boolean asExpected = true;
        for (Scenario scenario : scenarios) {
            Report report = report(scenario);
            Path folder = home.resolve("bench")
                    .resolve("results")
                    .resolve(report.at().replace(":", "") + "-" + scenario.name());
            write(report, folder);
            System.out.println(report.markdown());
            System.out.println("Written to " + folder);
            asExpected &= report.misses().isEmpty();
        }
        return asExpected ? 0 : NOT_AS_EXPECTED;
    }

    private Report report(Scenario scenario) throws SQLException, IOException, InterruptedException {
        SourceTables tables = SourceTables.in("public").withQueries(login.queriesTable());
        if (peersOnly) {
            return new ScenarioRun(scenario, login.database(), tables, null, home).run(Map.of());
        }
        if (!scenario.awaitStart()) {
            Pipeline pipeline = new Pipeline(login.database(), tables, pids, flink);
            return new ScenarioRun(scenario, login.database(), tables, pipeline, home).run(Map.of());
        }
        try (PipelineStart started = PipelineStart.await(scenario, login::database, tables, start)) {
            Pipeline pipeline = new Pipeline(login.database(), tables, pids, flink).with(started.pid());
            return new ScenarioRun(scenario, login.database(), tables, pipeline, home).run(started.metrics());
        }
    }

    /** Markdown, JSON with all samples, and plots. */
    static void write(Report report, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("report.md"), report.markdown());
        JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValue(folder.resolve("report.json").toFile(), report);
        Plots.write(report, folder);
    }
}
