package dev.agentpulse.bench.scenario;

import dev.agentpulse.bench.freshness.FreshnessReport;
import dev.agentpulse.bench.freshness.FreshnessReport.Point;
import dev.agentpulse.bench.freshness.Sight;
import dev.agentpulse.bench.load.LoadResult;
import dev.agentpulse.bench.scenario.Samples.Sample;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One measurement of one subject.
 *
 * @param metrics what came out; what was not measured is not there
 * @param rows when each marker was committed and how long its row took; empty where there are no rows
 * @param samples what was used, about every second
 */
record Repetition(Map<Metric, Double> metrics, List<Point> rows, List<Sample> samples) {

    private static final double MILLION = 1_000_000;
    private static final double MEGABYTE = 1 << 20;

    /**
     * Puts together what the parts saw.
     *
     * @param freshness null without markers
     * @param load null without a load
     * @param replayedPerSecond of a limit that is measured when all is written
     * @param stateBytes of the newest checkpoint behind the last result; nothing where there is none
     * @param from seconds after the first sample at which the warm-up ended
     * @param to the same of the end of the load
     */
    static Repetition of(
            @Nullable FreshnessReport freshness,
            @Nullable LoadResult load,
            OptionalDouble replayedPerSecond,
            OptionalLong stateBytes,
            List<Sample> samples,
            double from,
            double to) {
        Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
        List<Point> rows = List.of();
        double changes = 0;
        if (load != null) {
            changes += load.allChanges();
            metrics.put(Metric.CHANGES, load.changesPerSecond());
            metrics.put(Metric.COMMIT_P50, load.p50Millis());
            metrics.put(Metric.COMMIT_P99, load.p99Millis());
        }
        if (freshness != null) {
            changes += freshness.markers().size();
            fresh(metrics, freshness);
            rows = freshness.points(Sight.ROW);
            if (load != null && freshness.watched().contains(Sight.ROW) && freshness.sawAll(Sight.ROW)) {
                double behind = freshness.secondsBehind(Sight.ROW);
                metrics.put(Metric.BEHIND, behind);
                metrics.put(Metric.RESULTS, load.changes() / (load.seconds() + behind));
            }
        }
        replayedPerSecond.ifPresent(perSecond -> metrics.put(Metric.RESULTS, perSecond));
        stateBytes.ifPresent(bytes -> metrics.put(Metric.STATE, bytes / MEGABYTE));
        used(metrics, samples, from, to);
        Sample first = samples.get(0);
        Sample last = samples.get(samples.size() - 1);
        if (changes > 0 && last.serverSeconds() > 0) {
            double seconds =
                    last.subjectSeconds() - first.subjectSeconds() + last.serverSeconds() - first.serverSeconds();
            metrics.put(Metric.CPU_PER_MILLION, seconds / changes * MILLION);
        }
        return new Repetition(metrics, rows, samples);
    }

    private static void fresh(Map<Metric, Double> metrics, FreshnessReport freshness) {
        put(metrics, Metric.ROW_P50, freshness.millis(Sight.ROW, 50));
        put(metrics, Metric.ROW_P95, freshness.millis(Sight.ROW, 95));
        put(metrics, Metric.ROW_P99, freshness.millis(Sight.ROW, 99));
        put(metrics, Metric.ROW_MAX, freshness.millis(Sight.ROW, 100));
        put(metrics, Metric.NOTIFICATION_P50, freshness.millis(Sight.NOTIFICATION, 50));
        put(metrics, Metric.NOTIFICATION_P99, freshness.millis(Sight.NOTIFICATION, 99));
        put(metrics, Metric.ALERT_P50, freshness.millis(Sight.ALERT_ROW, 50));
        put(metrics, Metric.ALERT_P99, freshness.millis(Sight.ALERT_ROW, 99));
        if (freshness.watched().contains(Sight.ROW)) {
            metrics.put(Metric.ROWS_UNSEEN, (double) freshness.unseen(Sight.ROW));
        }
    }

    private static void used(Map<Metric, Double> metrics, List<Sample> samples, double from, double to) {
        List<Sample> measured = samples.stream()
                .filter(sample -> sample.seconds() >= from && sample.seconds() <= to)
                .toList();
        if (measured.size() < 2) {
            return;
        }
        Sample first = measured.get(0);
        Sample last = measured.get(measured.size() - 1);
        double seconds = last.seconds() - first.seconds();
        putUsed(metrics, Metric.SUBJECT_CORES, (last.subjectSeconds() - first.subjectSeconds()) / seconds);
        putUsed(metrics, Metric.POSTGRES_CORES, (last.serverSeconds() - first.serverSeconds()) / seconds);
        metrics.put(Metric.WAL, (last.walBytes() - first.walBytes()) / seconds);
        putUsed(
                metrics,
                Metric.SUBJECT_MEMORY,
                measured.stream().mapToLong(Sample::subjectBytes).max().orElse(0) / MEGABYTE);
        putUsed(
                metrics,
                Metric.POSTGRES_MEMORY,
                measured.stream().mapToLong(Sample::serverBytes).max().orElse(0) / MEGABYTE);
    }

    private static void put(Map<Metric, Double> metrics, Metric metric, double value) {
        if (!Double.isNaN(value)) {
            metrics.put(metric, value);
        }
    }

    /** 0 stands for a process that nobody looks at. */
    private static void putUsed(Map<Metric, Double> metrics, Metric metric, double value) {
        if (value > 0) {
            metrics.put(metric, value);
        }
    }
}
