package dev.agentpulse.local.chaos.corrections;

import dev.agentpulse.proof.HistoryBuckets.Length;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What became of many corrections: how long until buckets were equal, how many of which length, and what never was. */
final class CorrectionTotals {

    private CorrectionTotals() {}

    static String of(List<CorrectionReport> reports) {
        List<CorrectionReport> alone =
                reports.stream().filter(report -> report.strike() == null).toList();
        List<CorrectionReport> struck =
                reports.stream().filter(report -> report.strike() != null).toList();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%n%-52s %6s %10s %10s %10s%n",
                "seconds until equal",
                "times",
                "median",
                "p95",
                "longest"));
        text.append(line("without a kill, from the commit on", alone, CorrectionReport::equal));
        text.append(line("with a kill, from the commit on", struck, CorrectionReport::equal));
        text.append(line("with a kill, from the job's first fresh result on", struck, CorrectionReport::equalOfFresh));
        text.append(Arrays.stream(Length.values())
                .map(length -> length + " "
                        + reports.stream()
                                .mapToLong(report -> report.buckets().getOrDefault(length, 0L))
                                .sum())
                .collect(Collectors.joining(", ", "Buckets compared: ", "\n")));
        text.append(String.format(
                Locale.ROOT,
                "%d corrections of %d rows; never equal within %d s: %d; no longer equal when the job was back: %d%n",
                reports.size(),
                reports.stream().mapToInt(CorrectionReport::rows).sum(),
                CorrectionWatch.PATIENCE.toSeconds(),
                reports.stream().filter(report -> report.equal().isEmpty()).count(),
                reports.stream()
                        .filter(report -> report.equal().isPresent() && !report.isWell())
                        .count()));
        return text.toString();
    }

    private static String line(
            String what, List<CorrectionReport> reports, Function<CorrectionReport, Optional<Duration>> time) {
        List<Duration> times = reports.stream()
                .flatMap(report -> time.apply(report).stream())
                .sorted()
                .toList();
        return String.format(
                Locale.ROOT,
                "%-52s %6d %10s %10s %10s%n",
                what,
                times.size(),
                percentile(times, 50),
                percentile(times, 95),
                percentile(times, 100));
    }

    /** The smallest time with at least that share at or below it. */
    private static String percentile(List<Duration> sorted, int percent) {
        return sorted.isEmpty() ? "-" : CorrectionReport.seconds(sorted.get((sorted.size() * percent + 99) / 100 - 1));
    }
}
