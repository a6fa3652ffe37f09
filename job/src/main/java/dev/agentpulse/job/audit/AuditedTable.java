package dev.agentpulse.job.audit;

import dev.agentpulse.job.config.AlertConfig;
import dev.agentpulse.job.model.SourceTable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A result table that an oracle of the same name exists for, and what has to be known to compare the two. The figures
 * themselves are named by the oracle's columns.
 */
public enum AuditedTable {
    AGENT_PERFORMANCE(SourceTable.QUERIES, "agent, window_name"),
    AGENT_HEALTH(SourceTable.QUERIES, "agent"),
    APPROVAL_QUEUE(SourceTable.APPROVALS, "queue"),
    APPROVAL_ACTIVITY(SourceTable.APPROVALS, "window_name"),
    TRAINING_QUALITY(SourceTable.FEEDBACK, "window_name"),
    ANNOTATOR_ACTIVITY(SourceTable.FEEDBACK, "annotator, window_name"),
    AGENT_PERFORMANCE_HISTORY(SourceTable.QUERIES, "agent, bucket, bucket_start"),
    APPROVAL_HISTORY(SourceTable.APPROVALS, "queue, bucket, bucket_start"),
    TRAINING_HISTORY(SourceTable.FEEDBACK, "dataset, bucket, bucket_start");

    /** What the oracle has one array for, an entry a row; history has values and how often each occurred. */
    private static final Map<String, String> DISTRIBUTIONS = Map.of(
            "latencies", distribution("value", "latency_values", "latency_counts"),
            "resolutions", distribution("value", "resolution_values", "resolution_counts"),
            "all_labels", distribution("value COLLATE \"C\"", "labels", "label_counts"),
            "all_annotators", distribution("value COLLATE \"C\"", "annotators", "annotator_counts"));

    /** Not shown where they differ: texts of users, ids of conversations, and what would be long. */
    private static final Set<String> HIDDEN = Stream.concat(
                    DISTRIBUTIONS.keySet().stream(),
                    Stream.of("oldest_pending_id", "oldest_pending_conversation_id", "label_counts"))
            .collect(Collectors.toUnmodifiableSet());

    private final SourceTable source;
    private final String key;

    AuditedTable(SourceTable source, String key) {
        this.source = source;
        this.key = key;
    }

    private static String distribution(String order, String values, String times) {
        return "(SELECT array_agg(value ORDER BY " + order + ") FROM unnest(h." + values + ", h." + times
                + ") AS e (value, times), generate_series(1, e.times))";
    }

    /** Its name in schema {@code agentpulse}, and that of its oracle. */
    public String table() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What its figures are made of. */
    public SourceTable source() {
        return source;
    }

    /** The columns by which rows of both sides are joined; the first of history names the subject. */
    public List<String> key() {
        return List.of(key.split(", "));
    }

    /** The result table that says which windows its rows are of; of what is now only. */
    String windows() {
        return (this == AGENT_HEALTH ? AGENT_PERFORMANCE : this).table();
    }

    boolean isHistory() {
        return key.endsWith("bucket_start");
    }

    /** What the oracle calls so, of a result row {@code h}. */
    static String ofResult(String column) {
        return DISTRIBUTIONS.getOrDefault(column, "h." + column);
    }

    static boolean isHidden(String column) {
        return HIDDEN.contains(column);
    }

    /** Percentiles that may lie up to 1 % above the oracle's beyond a bound, in the column's unit. */
    Map<String, Integer> inexactAbove() {
        return switch (this) {
            case AGENT_PERFORMANCE ->
                Map.of("p50_latency_ms", 10_000, "p95_latency_ms", 10_000, "p99_latency_ms", 10_000);
            case APPROVAL_ACTIVITY -> Map.of("p50_resolution_seconds", 3_600, "p95_resolution_seconds", 3_600);
            default -> Map.of();
        };
    }

    /** Whether a history row {@code h} holds anything: the oracle has no rows of zeros. */
    String notEmpty() {
        return switch (this) {
            case AGENT_PERFORMANCE_HISTORY ->
                "(h.query_count, h.latency_count, h.latency_sum_ms, h.approved_count, h.rejected_count,"
                        + " h.human_edited_count, h.latency_values) <> (0, 0, 0, 0, 0, 0, '{}')";
            case APPROVAL_HISTORY ->
                "(h.requested_count, h.pending_count, h.approved_count, h.rejected_count, h.expired_count,"
                        + " h.resolution_sum_seconds, h.resolution_values) <> (0, 0, 0, 0, 0, 0, '{}')";
            case TRAINING_HISTORY ->
                "(h.feedback_count, h.safe_count, h.unsafe_count, h.clarity_count, h.accuracy_count, h.tone_count,"
                        + " h.clarity_sum, h.accuracy_sum, h.tone_sum, h.labels, h.annotators)"
                        + " <> (0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', '{}')";
            default -> throw new IllegalStateException(this + " is no history");
        };
    }

    /** Columns for which the oracle has another threshold than the job: they cannot be compared. */
    Set<String> incomparable(AlertConfig alerts) {
        return switch (this) {
            case AGENT_PERFORMANCE, AGENT_PERFORMANCE_HISTORY ->
                alerts.slowQueryMs() == 200 ? Set.of() : Set.of("slow_query_count");
            case AGENT_HEALTH ->
                alerts.healthWarningMs() == 100 && alerts.healthDegradedMs() == 200
                        ? Set.of()
                        : Set.of("health_status");
            case APPROVAL_QUEUE -> ofSla(alerts, Set.of("sla_breach_count", "sla_breach_pct"));
            case APPROVAL_ACTIVITY, APPROVAL_HISTORY ->
                ofSla(alerts, Set.of("within_sla_count", "breached_count", "sla_compliance_pct"));
            default -> Set.of();
        };
    }

    private static Set<String> ofSla(AlertConfig alerts, Set<String> columns) {
        return alerts.slaThresholdMicros() == 300_000_000L ? Set.of() : columns;
    }
}
