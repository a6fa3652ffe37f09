package dev.agentpulse.bench.freshness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many markers are written, for how long, and where to. */
final class ProbeOptions {

    private static final String PASSWORD_VARIABLE = "AGENTPULSE_DATABASE_PASSWORD";

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

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description = "JDBC URL (default: ${DEFAULT-VALUE}, the demo's).")
    String databaseUrl = "jdbc:postgresql://127.0.0.1:5433/agentpulse";

    @Option(
            names = "--username",
            paramLabel = "ROLE",
            description = "Role that may write to the queries table (default: ${DEFAULT-VALUE}). Its password comes"
                    + " from --password-file or AGENTPULSE_DATABASE_PASSWORD.")
    String username = "postgres";

    @Option(names = "--password-file", paramLabel = "FILE", description = "File whose first line is the password.")
    @Nullable
    Path passwordFile;

    @Option(
            names = "--queries-table",
            paramLabel = "TABLE",
            description = "The table of queries, with its schema (default: ${DEFAULT-VALUE}).")
    String queriesTable = "public.agent_queries";

    /** Who watches, given where. */
    interface Watchers {
        List<Watcher> of(Database database, Markers markers, MarkerAgents agents) throws SQLException;
    }

    /** Announces the measurement and makes it ready. */
    FreshnessProbe probe(Watchers watchers) throws IOException {
        Database database = new Database(databaseUrl, username, password(), queriesTable);
        System.out.printf(
                Locale.ROOT,
                "%.0f markers a second for %.0f s, after a warm-up of %.0f s%n",
                markersPerSecond,
                seconds,
                warmUpSeconds);
        return new FreshnessProbe(
                database,
                (markers, agents) -> watchers.of(database, markers, agents),
                markersPerSecond,
                warmUpSeconds,
                seconds);
    }

    private @Nullable String password() throws IOException {
        Path file = passwordFile == null ? demosPasswordFile() : passwordFile;
        if (file == null) {
            return System.getenv(PASSWORD_VARIABLE);
        }
        try (var lines = Files.lines(file)) {
            return lines.findFirst().orElse("");
        }
    }

    /** Where the demo on its usual ports keeps the superuser's password, unless the environment has one. */
    private static @Nullable Path demosPasswordFile() {
        Path file =
                Path.of(System.getProperty("agentpulse.home", ""), ".agentpulse", "demo", "8081", "superuser.password");
        return System.getenv(PASSWORD_VARIABLE) == null && Files.isReadable(file) ? file : null;
    }
}
