package dev.agentpulse.bench.freshness;

import dev.agentpulse.bench.CpuClock;
import dev.agentpulse.bench.Database;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    ProbeOptions probe = new ProbeOptions();

    @Option(names = "--pid", paramLabel = "PID", description = "Also tell how much processor time this process uses.")
    @Nullable
    Long pid;

    @Override
    public Integer call() throws SQLException, InterruptedException, IOException {
        if (probe.markersPerSecond == 0) {
            return idle();
        }
        FreshnessProbe watched = probe.probe(FreshnessCommand::watchers);
        CpuClock cpu = pid == null ? null : new CpuClock(pid);
        FreshnessReport report = watched.run();
        System.out.println(report.table());
        System.out.printf(Locale.ROOT, "written at %.1f markers a second%n", report.markersPerSecond());
        if (cpu != null) {
            printCores(cpu);
        }
        return report.sawEverything() ? 0 : NOT_ALL_SEEN;
    }

    private static List<Watcher> watchers(Database database, Markers markers, MarkerAgents agents) throws SQLException {
        return List.of(
                new RowWatcher(database.connect(), RowWatcher.RESULTS, agents, markers),
                new AlertWatcher(database.connect(), markers),
                NotificationWatcher.ofPipeline(database.connect(), markers));
    }

    private int idle() throws InterruptedException {
        if (pid == null) {
            throw new IllegalArgumentException("--rate 0 measures an idle process: name it with --pid.");
        }
        CpuClock cpu = new CpuClock(pid);
        TimeUnit.NANOSECONDS.sleep((long) (probe.seconds * TimeUnit.SECONDS.toNanos(1)));
        printCores(cpu);
        return 0;
    }

    private void printCores(CpuClock cpu) {
        System.out.printf(Locale.ROOT, "process %d used %.3f of a core%n", pid, cpu.cores());
    }
}
