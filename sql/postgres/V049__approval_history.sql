-- How many approvals were requested and decided in each minute, quarter of an hour, hour and day, and how long that took.
-- As agent_performance_history; see docs/decisions/0011-history.md.

CREATE TABLE agentpulse.approval_history (
    queue text NOT NULL,
    bucket text NOT NULL CHECK (bucket IN ('1m', '15m', '1h', '1d')),
    bucket_start timestamptz NOT NULL,
    bucket_end timestamptz NOT NULL,
    zone text NOT NULL DEFAULT 'UTC',
    requested_count bigint NOT NULL,
    pending_count bigint NOT NULL,
    approved_count bigint NOT NULL,
    rejected_count bigint NOT NULL,
    expired_count bigint NOT NULL,
    resolution_sum_seconds numeric NOT NULL,
    resolution_values integer[] NOT NULL,
    resolution_counts integer[] NOT NULL,
    purged_rows bigint NOT NULL DEFAULT 0,
    max_resolution_seconds numeric,
    p50_resolution_seconds numeric,
    p95_resolution_seconds numeric,
    within_sla_count bigint NOT NULL,
    decided_count bigint GENERATED ALWAYS AS (approved_count + rejected_count + expired_count) STORED,
    breached_count bigint GENERATED ALWAYS AS (
        approved_count + rejected_count + expired_count - within_sla_count) STORED,
    approval_rate_pct numeric GENERATED ALWAYS AS (
        round(100.0 * approved_count / nullif(approved_count + rejected_count + expired_count, 0), 2)) STORED,
    avg_resolution_seconds numeric GENERATED ALWAYS AS (
        round(resolution_sum_seconds / nullif(approved_count + rejected_count + expired_count, 0), 2)) STORED,
    sla_compliance_pct numeric GENERATED ALWAYS AS (
        round(100.0 * within_sla_count / nullif(approved_count + rejected_count + expired_count, 0), 2)) STORED,
    final boolean NOT NULL,
    revision integer NOT NULL DEFAULT 0,
    corrected_at timestamptz,
    as_of timestamptz NOT NULL,
    commit_lsn pg_lsn NOT NULL,
    PRIMARY KEY (queue, bucket, bucket_start, zone)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);

-- Retention removes the oldest of a bucket's length.
CREATE INDEX approval_history_oldest ON agentpulse.approval_history (bucket, bucket_start);

ALTER TABLE agentpulse.approval_history ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.approval_history IS
    'Approvals by the minute, 15 minutes, hour and day (UTC): requested ones with bucket_start <= created_at < bucket_end, '
    'decided ones with bucket_start <= updated_at < bucket_end. From history_reach.complete_from on, every row follows its '
    'approvals, however late they change.';
COMMENT ON COLUMN agentpulse.approval_history.queue IS 'The queue: all.';
COMMENT ON COLUMN agentpulse.approval_history.bucket IS 'Length of the bucket: 1m, 15m, 1h or 1d.';
COMMENT ON COLUMN agentpulse.approval_history.bucket_start IS 'Start of the bucket, inclusive.';
COMMENT ON COLUMN agentpulse.approval_history.bucket_end IS 'End of the bucket, exclusive.';
COMMENT ON COLUMN agentpulse.approval_history.zone IS 'Time zone whose days, hours and quarters these are: UTC.';
COMMENT ON COLUMN agentpulse.approval_history.requested_count IS 'Approvals whose created_at lies in the bucket.';
COMMENT ON COLUMN agentpulse.approval_history.pending_count IS
    'Those of them that are not decided yet; a decision corrects the bucket that the request lies in.';
COMMENT ON COLUMN agentpulse.approval_history.approved_count IS 'Approvals that were approved in the bucket, by updated_at.';
COMMENT ON COLUMN agentpulse.approval_history.rejected_count IS 'Approvals that were rejected in the bucket, by updated_at.';
COMMENT ON COLUMN agentpulse.approval_history.expired_count IS 'Approvals that expired in the bucket, by updated_at.';
COMMENT ON COLUMN agentpulse.approval_history.resolution_sum_seconds IS
    'Sum of the times from created_at to updated_at of what was decided in the bucket, exact.';
COMMENT ON COLUMN agentpulse.approval_history.resolution_values IS
    'The times that decisions took, ascending, in hundredths of a second, rounded up: exact up to an hour, beyond as the upper '
    'end of a bin that is less than 1 % wide, beyond 248 days as 2147483647.';
COMMENT ON COLUMN agentpulse.approval_history.resolution_counts IS 'How often each of resolution_values occurred; none is zero.';
COMMENT ON COLUMN agentpulse.approval_history.purged_rows IS
    'Rows that were deleted from the source table more than agentpulse.history.correct-deletes-for after the minute of their '
    'request (or, if that is younger, of their decision); what is older than that of them is still in the figures.';
COMMENT ON COLUMN agentpulse.approval_history.max_resolution_seconds IS 'Longest time that a decision took, of resolution_values.';
COMMENT ON COLUMN agentpulse.approval_history.p50_resolution_seconds IS
    'Median of the time that decisions took, as percentile_disc gives it over resolution_values.';
COMMENT ON COLUMN agentpulse.approval_history.p95_resolution_seconds IS '95th percentile of it, as p50_resolution_seconds.';
COMMENT ON COLUMN agentpulse.approval_history.within_sla_count IS
    'Decisions that took at most agentpulse.sla.threshold, as it was when the row was last written.';
COMMENT ON COLUMN agentpulse.approval_history.decided_count IS 'Approvals that were decided in the bucket.';
COMMENT ON COLUMN agentpulse.approval_history.breached_count IS 'Decisions that came too late for the SLA.';
COMMENT ON COLUMN agentpulse.approval_history.approval_rate_pct IS '100 * approved / decided, 2 decimals; null when nothing was decided.';
COMMENT ON COLUMN agentpulse.approval_history.avg_resolution_seconds IS
    'Average time that decisions took, 2 decimals; null when nothing was decided.';
COMMENT ON COLUMN agentpulse.approval_history.sla_compliance_pct IS
    '100 * within the SLA / decided, 2 decimals; null when nothing was decided.';
COMMENT ON COLUMN agentpulse.approval_history.final IS 'Whether the bucket has ended; until then the row may be 30 s old.';
COMMENT ON COLUMN agentpulse.approval_history.revision IS 'How often the row was corrected since the bucket ended.';
COMMENT ON COLUMN agentpulse.approval_history.corrected_at IS 'Database time of the last correction; null if there was none.';
COMMENT ON COLUMN agentpulse.approval_history.as_of IS 'Database time up to which the row was complete when it was last written.';
COMMENT ON COLUMN agentpulse.approval_history.commit_lsn IS 'Log position of the tick that last wrote the row.';
