package dev.agentpulse.bench.freshness;

import dev.agentpulse.bench.Database;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./agentpulse bench page}. */
@Command(
        name = "page",
        description =
                "Commit marker rows at a rate and measure how long it takes until a client of the gateway has their"
                        + " results, over the socket that the page uses. The markers are removed at the end.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class PageCommand implements Callable<Integer> {

    private static final int NOT_ALL_SEEN = 2;

    @Mixin
    ProbeOptions probe = new ProbeOptions();

    @Option(
            names = "--gateway",
            paramLabel = "URL",
            description = "Address of the gateway (default: ${DEFAULT-VALUE}, the demo's).")
    URI gateway = URI.create("http://127.0.0.1:8090");

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "API key that may read the results (default: ${DEFAULT-VALUE}, the demo's).")
    String key = "sb_publishable_agentpulse_demo";

    @Override
    public Integer call() throws SQLException, IOException {
        FreshnessReport report = probe.probe(this::watchers).run();
        System.out.println(report.table());
        System.out.printf(Locale.ROOT, "written at %.1f markers a second%n", report.markersPerSecond());
        return report.sawEverything() ? 0 : NOT_ALL_SEEN;
    }

    private List<Watcher> watchers(Database database, Markers markers, MarkerAgents agents) {
        return List.of(PageWatcher.connect(gateway, key, markers));
    }
}
