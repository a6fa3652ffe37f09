package dev.agentpulse.bench.freshness;

import dev.agentpulse.bench.Percentiles;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a run saw.
 *
 * @param tookSeconds how long the writer took, warm-up included
 */
record FreshnessReport(List<Marker> markers, double tookSeconds) {

    private static final String FIELDS = "%-20s %8s %8s %8s %8s %8s %8s";
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    boolean sawEverything() {
        for (Sight sight : Sight.values()) {
            if (unseen(sight) > 0) {
                return false;
            }
        }
        return true;
    }

    /** A table, one line a sight, in milliseconds. */
    String table() {
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, FIELDS, "ms from commit to", "p50", "p95", "p99", "max", "seen", "unseen"));
        for (Sight sight : Sight.values()) {
            table.append(System.lineSeparator()).append(line(sight));
        }
        return table.toString();
    }

    double markersPerSecond() {
        return markers.size() / tookSeconds;
    }

    private String line(Sight sight) {
        long[] delays = counted(sight)
                .filter(marker -> marker.isSeen(sight))
                .mapToLong(marker -> marker.delayNanos(sight))
                .toArray();
        if (delays.length == 0) {
            return String.format(Locale.ROOT, FIELDS, sight.title(), "-", "-", "-", "-", 0, unseen(sight));
        }
        Percentiles percentiles = new Percentiles(delays);
        return String.format(
                Locale.ROOT,
                FIELDS,
                sight.title(),
                millis(percentiles.at(50)),
                millis(percentiles.at(95)),
                millis(percentiles.at(99)),
                millis(percentiles.max()),
                percentiles.size(),
                unseen(sight));
    }

    private long unseen(Sight sight) {
        return counted(sight).filter(marker -> marker.lacks(sight)).count();
    }

    private Stream<Marker> counted(Sight sight) {
        return markers.stream().filter(Marker::counted).filter(marker -> marker.slow() || !sight.isAlert());
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / NANOS_PER_MILLI);
    }
}
