package dev.agentpulse.bench.scenario;

import com.fasterxml.jackson.annotation.JsonValue;

/** What is measured. Files and reports use the names in kebab case. */
enum Metric {
    START("start-seconds", "start of the command to the first results (s)"),
    ROW_P50("row-p50-ms", "commit to row, p50 (ms)"),
    ROW_P95("row-p95-ms", "commit to row, p95 (ms)"),
    ROW_P99("row-p99-ms", "commit to row, p99 (ms)"),
    ROW_MAX("row-max-ms", "commit to row, longest (ms)"),
    ROWS_UNSEEN("rows-unseen", "markers without a row"),
    NOTIFICATION_P50("notification-p50-ms", "commit to notification, p50 (ms)"),
    NOTIFICATION_P99("notification-p99-ms", "commit to notification, p99 (ms)"),
    ALERT_P50("alert-p50-ms", "commit to alert row, p50 (ms)"),
    ALERT_P99("alert-p99-ms", "commit to alert row, p99 (ms)"),
    CHANGES("changes-per-second", "changes written a second, without markers"),
    RESULTS("results-per-second", "changes a second until all results were there"),
    BEHIND("behind-seconds", "last results after the last commit (s)"),
    COMMIT_P50("commit-p50-ms", "planned time of a transaction to its commit, p50 (ms)"),
    COMMIT_P99("commit-p99-ms", "planned time of a transaction to its commit, p99 (ms)"),
    SUBJECT_CORES("subject-cores", "cores of the job or client"),
    POSTGRES_CORES("postgres-cores", "cores of Postgres"),
    CPU_PER_MILLION("cpu-seconds-per-million", "processor seconds of both, a million changes"),
    SUBJECT_MEMORY("subject-memory-mb", "most memory of the job (MB resident)"),
    STATE("state-mb", "newest checkpoint (MB)"),
    POSTGRES_MEMORY("postgres-memory-mb", "most memory of Postgres (MB, shared pages once)"),
    WAL("wal-bytes-per-second", "log written (bytes a second)");

    private final String key;
    private final String title;

    Metric(String key, String title) {
        this.key = key;
        this.title = title;
    }

    @JsonValue
    String key() {
        return key;
    }

    String title() {
        return title;
    }
}
