package dev.agentpulse.bench.freshness;

import dev.agentpulse.bench.Database;
import dev.agentpulse.bench.LoginOptions;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How many markers are written, for how long, and where to. */
final class ProbeOptions {

    private static final Duration SETTLE = Duration.ofSeconds(10);

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Markers a second; 0 only waits, to measure an idle process (default: ${DEFAULT-VALUE}).")
    double markersPerSecond = 100;

    @Option(names = "--seconds", paramLabel = "N", description = "How long to measure (default: ${DEFAULT-VALUE}).")
    double seconds = 30;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "How long to write before anything counts (default: ${DEFAULT-VALUE}).")
    double warmUpSeconds = 5;

    @Mixin
    LoginOptions login = new LoginOptions();

    /** Who watches, given where. */
    interface Watchers {
        List<Watcher> of(Database database, Markers markers, MarkerAgents agents) throws SQLException;
    }

    /** Announces the measurement and makes it ready. */
    FreshnessProbe probe(Watchers watchers) throws IOException {
        Database database = login.database();
        System.out.printf(
                Locale.ROOT,
                "%.0f markers a second for %.0f s, after a warm-up of %.0f s%n",
                markersPerSecond,
                seconds,
                warmUpSeconds);
        return new FreshnessProbe(
                database,
                login.queriesTable(),
                (markers, agents) -> watchers.of(database, markers, agents),
                markersPerSecond,
                warmUpSeconds,
                seconds,
                SETTLE);
    }
}
