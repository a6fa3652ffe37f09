package dev.agentpulse.local.chaos.starts;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;

/** What became of many schedules: a table of faults by kind, and how many were equal to plain SQL. */
final class StartTotals {

    private StartTotals() {}

    static String of(List<StartReport> reports) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%n%-24s%18s%26s%16s%n",
                "fault",
                "while it starts",
                "known in a half snapshot",
                "with results"));
        for (StartFault fault : StartFault.values()) {
            text.append(line(fault.toString(), reports, struck -> struck == fault));
        }
        text.append(line("all", reports, struck -> true));
        List<Long> different = reports.stream()
                .filter(report -> !report.isWell())
                .map(report -> report.schedule().seed())
                .sorted()
                .toList();
        text.append(String.format(
                Locale.ROOT,
                "%d schedules: %d equal to plain SQL, %d different%n",
                reports.size(),
                reports.size() - different.size(),
                different.size()));
        if (!different.isEmpty()) {
            text.append("Different: seeds ")
                    .append(different)
                    .append("; each is repeated by ./agentpulse chaos --starts 1 --seed N\n");
        }
        return text.toString();
    }

    private static String line(String name, List<StartReport> reports, Predicate<StartFault> kind) {
        return String.format(
                Locale.ROOT,
                "%-24s%18d%26d%16d%n",
                name,
                count(reports, kind, report -> faults(report.schedule().strikes())),
                count(reports, kind, StartReport::strikesWhileReading),
                count(reports, kind, report -> faults(report.schedule().strikesAfter())));
    }

    private static long count(
            List<StartReport> reports, Predicate<StartFault> kind, Function<StartReport, List<StartFault>> faults) {
        return reports.stream()
                .flatMap(report -> faults.apply(report).stream())
                .filter(kind)
                .count();
    }

    private static List<StartFault> faults(List<StartSchedule.Strike> strikes) {
        return strikes.stream().map(StartSchedule.Strike::fault).toList();
    }
}
