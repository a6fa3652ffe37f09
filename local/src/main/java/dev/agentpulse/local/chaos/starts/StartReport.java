package dev.agentpulse.local.chaos.starts;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What became of one schedule.
 *
 * @param strikesWhileReading faults that fell into a moment in which the snapshot was known to be half read
 * @param cpu what the processor worked for the job and its processes
 * @param differences to plain SQL and to the contract; empty when all is well
 */
record StartReport(
        StartSchedule schedule,
        List<StartFault> strikesWhileReading,
        Duration taken,
        Duration cpu,
        List<String> differences) {

    private static final int SHOWN = 8;

    StartReport {
        strikesWhileReading = List.copyOf(strikesWhileReading);
        differences = List.copyOf(differences);
    }

    boolean isWell() {
        return differences.isEmpty();
    }

    /** A line of its own, and one for each of the first differences. */
    String text() {
        StringBuilder text = new StringBuilder(line());
        differences.stream().limit(SHOWN).forEach(difference -> text.append("\n       ")
                .append(difference));
        if (differences.size() > SHOWN) {
            text.append("\n       and ").append(differences.size() - SHOWN).append(" more");
        }
        return text.toString();
    }

    private String line() {
        return String.format(
                Locale.ROOT,
                "seed %-6d %s  %4.1f s, %4.1f s of CPU  %s",
                schedule.seed(),
                isWell() ? "equal    " : "DIFFERENT",
                taken.toMillis() / 1000.0,
                cpu.toMillis() / 1000.0,
                schedule.line());
    }
}
