package dev.agentpulse.local.chaos.starts;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What became of one schedule.
 *
 * @param strikesWhileReading how many fell into a moment in which the snapshot was known to be half read
 * @param differences to plain SQL and to the contract; empty when all is well
 */
record StartReport(StartSchedule schedule, int strikesWhileReading, Duration taken, List<String> differences) {

    private static final int SHOWN = 8;

    StartReport {
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
                "seed %-6d %s  %4.1f s  %s",
                schedule.seed(),
                isWell() ? "equal    " : "DIFFERENT",
                taken.toMillis() / 1000.0,
                schedule.line());
    }
}
