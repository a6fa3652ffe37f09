package dev.agentpulse.job.sink;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Pieces of SQL that the statements of {@code agent_performance_history} share. */
final class HistorySql {

    static final String TABLE = "agentpulse.agent_performance_history";

    /** Its name in {@code history_reach}. */
    static final String NAME = "agent_performance_history";

    static final String KEY = "agent, bucket, bucket_start, zone";

    /** Parts that add up, but for the distribution. */
    static final List<String> SUMS = List.of(
            "query_count",
            "latency_count",
            "latency_sum_ms",
            "approved_count",
            "rejected_count",
            "human_edited_count",
            "purged_rows");

    /** The buckets by their length; hours, because a day of an interval is one of the session's zone. */
    static final String LENGTHS = "(VALUES ('1m', 1, interval '1 minute'), ('15m', 2, interval '15 minutes'),"
            + " ('1h', 3, interval '1 hour'), ('1d', 4, interval '24 hours')) AS length (bucket, number, duration)";

    private HistorySql() {}

    /** The start of the bucket that a time lies in; from a midnight before all that are usable. */
    static String start(String duration, String time) {
        return "date_bin(" + duration + ", " + time + ", timestamptz '0001-01-01 00:00:00+00')";
    }

    /** From when on buckets are complete and follow their rows. */
    static String completeFrom(String bucket) {
        return "(SELECT reach.complete_from FROM agentpulse.history_reach AS reach WHERE reach.history_table = '" + NAME
                + "' AND reach.bucket = " + bucket + ")";
    }

    /**
     * Two common table expressions: {@code histogram}, with the distribution and what follows from it for each bucket,
     * of {@code entry (agent, bucket, bucket_start, value, times)}, where a value may occur several times.
     */
    static String histogram(int slowMs) {
        String percentiles = List.of(50, 95, 99).stream()
                .map(percent -> "min(value) FILTER (WHERE 100 * up_to >= " + percent + " * total) AS p" + percent
                        + "_latency_ms")
                .collect(Collectors.joining(", "));
        return """
                ranked AS (
                    SELECT agent, bucket, bucket_start, value, sum(times) AS times,
                           sum(sum(times)) OVER (PARTITION BY agent, bucket, bucket_start ORDER BY value) AS up_to,
                           sum(sum(times)) OVER (PARTITION BY agent, bucket, bucket_start) AS total
                    FROM entry GROUP BY agent, bucket, bucket_start, value HAVING sum(times) <> 0),
                histogram AS (
                    SELECT agent, bucket, bucket_start, array_agg(value ORDER BY value) AS latency_values,
                           array_agg(times::integer ORDER BY value) AS latency_counts, max(value) AS max_latency_ms,
                           %s, coalesce(sum(times) FILTER (WHERE value > %d), 0) AS slow_query_count
                    FROM ranked GROUP BY agent, bucket, bucket_start)""".formatted(percentiles, slowMs);
    }

    /** Columns of {@link #histogram} that are null where there is no latency. */
    static final List<String> FROM_HISTOGRAM =
            List.of("max_latency_ms", "p50_latency_ms", "p95_latency_ms", "p99_latency_ms");

    /** Columns that a correction writes anew. */
    static final List<String> REWRITTEN = Stream.of(
                    SUMS,
                    FROM_HISTOGRAM,
                    List.of("latency_values", "latency_counts", "slow_query_count", "as_of", "commit_lsn"))
            .flatMap(List::stream)
            .toList();

    static String join(List<String> columns, String pattern) {
        return columns.stream().map(column -> pattern.replace("$", column)).collect(Collectors.joining(", "));
    }
}
