package dev.agentpulse.bench.freshness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./agentpulse bench freshness}. */
@Command(
        name = "freshness",
        description = "Commit marker rows at a rate and measure how long their results take. The markers are removed"
                + " at the end.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class FreshnessCommand implements Callable<Integer> {

    private static final int NOT_ALL_SEEN = 2;
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

    @Option(names = "--pid", paramLabel = "PID", description = "Also tell how much processor time this process uses.")
    @Nullable
    Long pid;

    @Override
    public Integer call() throws SQLException, InterruptedException, IOException {
        if (markersPerSecond == 0) {
            return idle();
        }
        FreshnessProbe probe = new FreshnessProbe(database(), markersPerSecond, warmUpSeconds, seconds);
        System.out.printf(
                Locale.ROOT,
                "%.0f markers a second for %.0f s, after a warm-up of %.0f s%n",
                markersPerSecond,
                seconds,
                warmUpSeconds);
        CpuClock cpu = pid == null ? null : new CpuClock(pid);
        FreshnessReport report = probe.run();
        System.out.println(report.table());
        System.out.printf(Locale.ROOT, "written at %.1f markers a second%n", report.markersPerSecond());
        if (cpu != null) {
            printCores(cpu);
        }
        return report.sawEverything() ? 0 : NOT_ALL_SEEN;
    }

    private int idle() throws InterruptedException {
        if (pid == null) {
            throw new IllegalArgumentException("--rate 0 measures an idle process: name it with --pid.");
        }
        CpuClock cpu = new CpuClock(pid);
        TimeUnit.NANOSECONDS.sleep((long) (seconds * TimeUnit.SECONDS.toNanos(1)));
        printCores(cpu);
        return 0;
    }

    private void printCores(CpuClock cpu) {
        System.out.printf(Locale.ROOT, "process %d used %.3f of a core%n", pid, cpu.cores());
    }

    private Database database() throws IOException {
        return new Database(databaseUrl, username, password(), queriesTable);
    }

    private @Nullable String password() throws IOException {
        if (passwordFile == null) {
            return System.getenv(PASSWORD_VARIABLE);
        }
        try (var lines = Files.lines(passwordFile)) {
            return lines.findFirst().orElse("");
        }
    }
}
