package dev.agentpulse.local.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What became of one fault.
 *
 * @param recovery from the blow until results were fresh for good; empty if they never were
 * @param differences to plain SQL; empty when all is well
 */
public record FaultReport(int number, Fault fault, Optional<Duration> recovery, List<String> differences) {

    public FaultReport {
        differences = List.copyOf(differences);
    }

    /** Whether results were fresh again and equal to plain SQL. */
    public boolean isWell() {
        return recovery.isPresent() && differences.isEmpty();
    }

    String line() {
        String time = recovery.map(duration -> String.format(Locale.ROOT, "fresh after %5.1f s", seconds(duration)))
                .orElse("never fresh again  ");
        return String.format(Locale.ROOT, "%3d  %-20s  %s  %d differences", number, fault, time, differences.size());
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
