package dev.agentpulse.local.chaos;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Recovery times by kind of fault. */
public final class RecoveryTimes {

    private RecoveryTimes() {}

    public static void print(List<FaultReport> reports, PrintStream out) {
        out.printf("%n%-62s %6s %8s %8s %12s%n", "fault", "times", "median", "longest", "differences");
        for (Fault fault : Fault.values()) {
            List<FaultReport> ofKind =
                    reports.stream().filter(report -> report.fault() == fault).toList();
            if (!ofKind.isEmpty()) {
                out.println(line(fault, ofKind));
            }
        }
        long differences = reports.stream()
                .mapToLong(report -> report.differences().size())
                .sum();
        out.printf("%n%d faults, %d differences%n", reports.size(), differences);
    }

    static String line(Fault fault, List<FaultReport> reports) {
        List<Duration> times = reports.stream()
                .flatMap(report -> report.recovery().stream())
                .sorted()
                .toList();
        boolean oneNever = times.size() < reports.size();
        String median = times.isEmpty() ? "-" : seconds(median(times));
        String longest = oneNever ? "never" : seconds(times.get(times.size() - 1));
        long differences = reports.stream()
                .mapToLong(report -> report.differences().size())
                .sum();
        return String.format(
                Locale.ROOT,
                "%-62s %6d %8s %8s %12d",
                fault.description(),
                reports.size(),
                median,
                longest,
                differences);
    }

    private static Duration median(List<Duration> sorted) {
        Duration below = sorted.get((sorted.size() - 1) / 2);
        Duration above = sorted.get(sorted.size() / 2);
        return below.plus(above).dividedBy(2);
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", FaultReport.seconds(duration));
    }
}
