package dev.agentpulse.bench.viewers;

import dev.agentpulse.bench.CpuClock;
import dev.agentpulse.bench.ProcessMemory;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./agentpulse bench viewers}. */
@Command(
        name = "viewers",
        description = "Open many event streams, and measure when ticks reach them and what the gateways do for it. On"
                + " this machine only: one clock is needed, and it is a load.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class ViewersCommand implements Callable<Integer> {

    private static final int MOST_SECONDS = 3_600;
    private static final int NOT_ALL_SERVED = 2;

    @Option(
            names = "--gateway",
            paramLabel = "URL",
            description = "Address of a gateway on this machine; may come several times, then viewers take turns"
                    + " (default: http://127.0.0.1:8090, the demo's).")
    List<URI> gateways = new ArrayList<>();

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "API key that may read the results (default: ${DEFAULT-VALUE}, the demo's).")
    String key = "sb_publishable_agentpulse_demo";

    @Option(names = "--viewers", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE}).")
    int viewers = 1_000;

    @Option(
            names = "--channel",
            paramLabel = "NAME",
            description = "Channel that viewers ask for besides the tiles; may come several times (default: all).")
    List<String> channels = new ArrayList<>();

    @Option(names = "--seconds", paramLabel = "N", description = "How long to measure (default: ${DEFAULT-VALUE}).")
    int seconds = 30;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Seconds that come before and count for nothing (default: ${DEFAULT-VALUE}).")
    int warmUp = 20;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description = "Process of a gateway, in the order of --gateway: also tell its processor time and memory.")
    List<Long> pids = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (gateways.isEmpty()) {
            gateways.add(URI.create("http://127.0.0.1:8090"));
        }
        check();
        try (ViewerCrowd crowd = new ViewerCrowd(gateways, key, channels, viewers)) {
            crowd.connect();
            crowd.readFor(TimeUnit.SECONDS.toNanos(warmUp));
            List<GatewayCounters> before = counters();
            List<CpuClock> clocks = pids.stream().map(CpuClock::new).toList();
            ViewerReport report = crowd.watch(TimeUnit.SECONDS.toNanos(seconds));
            System.out.println(report.text());
            List<GatewayCounters> after = counters();
            for (int i = 0; i < gateways.size(); i++) {
                System.out.printf(
                        Locale.ROOT,
                        "%s: %s%s%n",
                        gateways.get(i),
                        after.get(i).since(before.get(i), seconds),
                        i < clocks.size() ? process(clocks.get(i), pids.get(i)) : "");
            }
            return report.servedAll() ? 0 : NOT_ALL_SERVED;
        }
    }

    private void check() {
        for (URI gateway : gateways) {
            if (!List.of("127.0.0.1", "localhost").contains(String.valueOf(gateway.getHost()))) {
                throw new IllegalArgumentException("--gateway must be on this machine, but is " + gateway);
            }
        }
        if (viewers < 1 || seconds < 1 || seconds > MOST_SECONDS || warmUp < 0 || warmUp > MOST_SECONDS) {
            throw new IllegalArgumentException("--viewers must be at least 1, --seconds from 1 to " + MOST_SECONDS
                    + ", and --warm-up from 0 to " + MOST_SECONDS);
        }
    }

    private List<GatewayCounters> counters() throws IOException, InterruptedException {
        List<GatewayCounters> counters = new ArrayList<>();
        for (URI gateway : gateways) {
            counters.add(GatewayCounters.read(gateway));
        }
        return counters;
    }

    private static String process(CpuClock clock, long pid) throws IOException {
        return String.format(
                Locale.ROOT, ", %.2f of a core, %d MB resident", clock.cores(), ProcessMemory.residentBytes(pid) >> 20);
    }
}
