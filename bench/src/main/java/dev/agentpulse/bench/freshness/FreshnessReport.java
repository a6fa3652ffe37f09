package dev.agentpulse.bench.freshness;

import dev.agentpulse.bench.Percentiles;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a run saw.
 *
 * @param tookSeconds how long the writer took, warm-up included
 * @param watched what somebody looked for
 */
public record FreshnessReport(List<Marker> markers, double tookSeconds, Set<Sight> watched) {

    private static final String FIELDS = "%-20s %8s %8s %8s %8s %8s %8s";
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    public FreshnessReport {
        // In the order of their declaration.
        watched = Collections.unmodifiableSet(EnumSet.copyOf(watched));
    }

    public boolean sawEverything() {
        return watched.stream().allMatch(sight -> unseen(sight) == 0);
    }

    /** Milliseconds from the commit that the given share of the markers did not exceed; NaN when none was seen. */
    public double millis(Sight sight, double percent) {
        long[] delays = delays(sight);
        return delays.length == 0 ? Double.NaN : new Percentiles(delays).at(percent) / NANOS_PER_MILLI;
    }

    /** Markers, not of the warm-up, whose result did not come. */
    public long unseen(Sight sight) {
        return counted(sight).filter(marker -> marker.lacks(sight)).count();
    }

    /** Whether the result of each marker came, of the warm-up and behind the end too. */
    public boolean sawAll(Sight sight) {
        return markers.stream().noneMatch(marker -> marker.lacks(sight));
    }

    /** Each marker that was seen: seconds since the first commit, and milliseconds from its own. */
    public List<Point> points(Sight sight) {
        long first = markers.stream().mapToLong(Marker::committedNanos).min().orElse(0);
        return counted(sight)
                .filter(marker -> marker.isSeen(sight))
                .map(marker -> new Point(
                        (marker.committedNanos() - first) / NANOS_PER_SECOND,
                        marker.delayNanos(sight) / NANOS_PER_MILLI))
                .sorted(Comparator.comparingDouble(Point::seconds))
                .toList();
    }

    /** Seconds from the last commit to the last sight of any; how far behind the results were at the end. */
    public double secondsBehind(Sight sight) {
        long last = markers.stream().mapToLong(Marker::committedNanos).max().orElse(0);
        long seen = markers.stream()
                .filter(marker -> marker.isSeen(sight))
                .mapToLong(marker -> marker.committedNanos() + marker.delayNanos(sight))
                .max()
                .orElse(last);
        return Math.max(0, seen - last) / NANOS_PER_SECOND;
    }

    /** One marker on a plot. */
    public record Point(double seconds, double millis) {}

    /** A table, one line a sight, in milliseconds. */
    String table() {
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, FIELDS, "ms from commit to", "p50", "p95", "p99", "max", "seen", "unseen"));
        for (Sight sight : watched) {
            table.append(System.lineSeparator()).append(line(sight));
        }
        return table.toString();
    }

    double markersPerSecond() {
        return markers.size() / tookSeconds;
    }

    private String line(Sight sight) {
        long[] delays = delays(sight);
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

    private long[] delays(Sight sight) {
        return counted(sight)
                .filter(marker -> marker.isSeen(sight))
                .mapToLong(marker -> marker.delayNanos(sight))
                .toArray();
    }

    private Stream<Marker> counted(Sight sight) {
        return markers.stream().filter(Marker::counted).filter(marker -> marker.slow() || !sight.isAlert());
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / NANOS_PER_MILLI);
    }
}
