package dev.agentpulse.local.chaos.corrections;

import dev.agentpulse.local.chaos.Fault;
import dev.agentpulse.proof.HistoryBuckets.Length;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one correction.
 *
 * @param rows that were changed
 * @param buckets how many that had ended were compared, by length
 * @param strike the fault beside it; null if there was none
 * @param equal how long after the commit they were equal; empty if they never were
 * @param equalOfFresh how long after the first fresh result of the job that was struck, or after the commit if that was
 *     later; empty if they were equal before the job was gone, or never
 * @param differences to plain SQL; empty when all is well
 */
record CorrectionReport(
        int number,
        int rows,
        Map<Length, Long> buckets,
        @Nullable Strike strike,
        Optional<Duration> equal,
        Optional<Duration> equalOfFresh,
        List<String> differences) {

    /**
     * A fault.
     *
     * @param afterCommit when it had struck; negative for before
     */
    record Strike(Fault fault, Duration afterCommit) {

        private String text() {
            long millis = afterCommit.toMillis();
            return fault + " " + Math.abs(millis) + " ms " + (millis < 0 ? "before" : "after") + " the commit";
        }
    }

    CorrectionReport {
        buckets = Map.copyOf(buckets);
        differences = List.copyOf(differences);
    }

    boolean isWell() {
        return equal.isPresent() && differences.isEmpty();
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%4d  %2d rows, %3d buckets  %-44s  %s",
                number,
                rows,
                buckets.values().stream().mapToLong(Long::longValue).sum(),
                strike == null ? "" : strike.text(),
                equal.map(this::outcome).orElse("NEVER EQUAL"));
    }

    private String outcome(Duration afterCommit) {
        String outcome = "equal after " + seconds(afterCommit);
        if (strike != null) {
            outcome += equalOfFresh
                    .map(duration -> ", " + seconds(duration) + " after the first fresh result")
                    .orElse(", before the job was gone");
        }
        return isWell() ? outcome : outcome + ", NO LONGER when the job was back";
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.3f s", duration.toMillis() / 1000.0);
    }
}
