package dev.agentpulse.bench.scenario;

import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.freshness.FreshnessProbe;
import dev.agentpulse.bench.freshness.FreshnessReport;
import dev.agentpulse.bench.load.LoadGenerator;
import dev.agentpulse.bench.load.LoadProcess;
import dev.agentpulse.bench.load.LoadResult;
import dev.agentpulse.bench.load.SourceTables;
import dev.agentpulse.bench.peer.Peers;
import dev.agentpulse.bench.peer.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scenario: the pipeline first, then each peer, by the same load, one after the other. The load has a process of its
 * own; markers and those who watch for them are in this one.
 */
final class ScenarioRun {

    private static final double MILLIS_PER_SECOND = 1_000;

    private final Scenario scenario;
    private final Database database;
    private final SourceTables tables;
    private final @Nullable Pipeline pipeline;
    private final Path home;

    /** @param pipeline null to measure the peers alone */
    ScenarioRun(Scenario scenario, Database database, SourceTables tables, @Nullable Pipeline pipeline, Path home) {
        this.scenario = scenario;
        this.database = database;
        this.tables = tables;
        this.pipeline = pipeline;
        this.home = home;
        scenario.beside().forEach(Peers::requireKnown);
        if (pipeline == null && scenario.beside().isEmpty()) {
            throw new IllegalArgumentException(scenario.name() + " names no peers, so that nothing is left to measure");
        }
    }

    /** @param ofStart what is known of the pipeline's start; it goes to the first repetition */
    Report run(Map<Metric, Double> ofStart) throws SQLException, IOException, InterruptedException {
        if (pipeline != null) {
            PipelineProgress.requireRunning(database);
        }
        Machine machine = Machine.look(database, home);
        String at = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        List<Outcome> outcomes = new ArrayList<>();
        if (pipeline != null) {
            Outcome outcome = outcome(pipeline);
            outcome.repetitions().get(0).metrics().putAll(ofStart);
            outcomes.add(outcome);
            clean();
        }
        for (String peer : scenario.beside()) {
            try (Subject subject = Peers.start(peer, database, tables)) {
                outcomes.add(outcome(subject));
            }
        }
        return new Report(scenario, machine, at, outcomes, insertCosts());
    }

    private Outcome outcome(Subject subject) throws SQLException, IOException, InterruptedException {
        List<Repetition> repetitions = new ArrayList<>();
        for (int number = 1; number <= scenario.repetitions(); number++) {
            System.out.printf("%s: %s, %d of %d%n", scenario.name(), subject.name(), number, scenario.repetitions());
            repetitions.add(measure(subject));
        }
        return new Outcome(subject.name(), repetitions);
    }

    private Repetition measure(Subject subject) throws SQLException, IOException, InterruptedException {
        double warmUp = scenario.warmUpSeconds();
        double whole = warmUp + scenario.seconds();
        try (Samples samples = Samples.start(subject, database)) {
            FreshnessReport freshness = null;
            LoadResult written = null;
            OptionalDouble replayed = OptionalDouble.empty();
            if (scenario.load().isSilent()) {
                freshness = watch(subject, whole, () -> false);
            } else {
                try (LoadProcess load =
                        LoadProcess.start(database, subject.tables(), scenario.load(), warmUp, scenario.seconds())) {
                    freshness = watch(subject, whole, load::isRunning);
                    written = load.await();
                    replayed = subject.replay(written.allChanges());
                }
            }
            return Repetition.of(freshness, written, replayed, subject.stateBytes(), samples.stop(), warmUp, whole);
        }
    }

    /** Null where there is nothing to see. */
    private @Nullable FreshnessReport watch(Subject subject, double seconds, BooleanSupplier load)
            throws SQLException, InterruptedException {
        if (scenario.markersPerSecond() == 0 || Peers.makesNoResults(subject.name())) {
            TimeUnit.MILLISECONDS.sleep(Math.round(seconds * MILLIS_PER_SECOND));
            return null;
        }
        FreshnessProbe probe = new FreshnessProbe(
                        database,
                        subject.tables().queries(),
                        subject.watchers(),
                        scenario.markersPerSecond(),
                        scenario.warmUpSeconds(),
                        scenario.seconds(),
                        Duration.ofMillis(Math.round(scenario.settleSeconds() * MILLIS_PER_SECOND)))
                .beside(load);
        if (subject == pipeline) {
            return probe.run();
        }
        try (Connection writing = database.connect()) {
            return probe.measure(writing);
        }
    }

    /** First nothing, whose speed is what the others' is told by. */
    private List<InsertCost> insertCosts() throws SQLException, IOException, InterruptedException {
        List<InsertCost> costs = new ArrayList<>();
        for (int clients : scenario.insertClients()) {
            InsertProbe probe = new InsertProbe(database, scenario.load(), clients);
            try (Subject nothing = Peers.start(Peers.NOTHING, database, tables)) {
                costs.add(probe.measure(nothing));
            }
            if (pipeline != null) {
                costs.add(probe.measure(pipeline));
                clean();
            }
            for (String peer : scenario.beside()) {
                if (!peer.equals(Peers.NOTHING)) {
                    try (Subject subject = Peers.start(peer, database, tables)) {
                        costs.add(probe.measure(subject));
                    }
                }
            }
        }
        return costs;
    }

    /** So that what follows begins with a pipeline that has nothing to do. */
    private void clean() throws SQLException {
        try (Connection connection = database.connect()) {
            LoadGenerator.remove(connection, tables);
        }
        PipelineProgress.awaitCaughtUp(database);
    }
}
