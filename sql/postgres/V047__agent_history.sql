-- What each agent did in each minute, quarter of an hour, hour and day, kept for weeks and months.
--
-- A row is its additive parts; every figure follows from them, in the row itself where that takes a column expression. An
-- open bucket is rewritten now and then and a closed one when its queries change, so pages keep some room. A plain table:
-- see docs/decisions/0011-history.md for why it has no partitions.

CREATE TABLE agentpulse.agent_performance_history (
    agent text NOT NULL,
    bucket text NOT NULL CHECK (bucket IN ('1m', '15m', '1h', '1d')),
    bucket_start timestamptz NOT NULL,
    bucket_end timestamptz NOT NULL,
    zone text NOT NULL DEFAULT 'UTC',
    query_count bigint NOT NULL,
    latency_count bigint NOT NULL,
    latency_sum_ms bigint NOT NULL,
    latency_values integer[] NOT NULL,
    latency_counts integer[] NOT NULL,
    approved_count bigint NOT NULL,
    rejected_count bigint NOT NULL,
    human_edited_count bigint NOT NULL,
    purged_rows bigint NOT NULL DEFAULT 0,
    max_latency_ms integer,
    p50_latency_ms integer,
    p95_latency_ms integer,
    p99_latency_ms integer,
    slow_query_count bigint NOT NULL,
    unreviewed_count bigint GENERATED ALWAYS AS (query_count - approved_count - rejected_count) STORED,
    avg_latency_ms numeric GENERATED ALWAYS AS (
        round(latency_sum_ms::numeric / nullif(latency_count, 0), 2)) STORED,
    approval_rate_pct numeric GENERATED ALWAYS AS (
        round(100.0 * approved_count / nullif(approved_count + rejected_count, 0), 2)) STORED,
    human_edit_rate_pct numeric GENERATED ALWAYS AS (
        round(100.0 * human_edited_count / nullif(query_count, 0), 2)) STORED,
    -- 0.5 * approval rate + 0.3 * (100 - edit rate) + 0.2 * max(0, 100 - average / 10) as one fraction, so that nothing
    -- is rounded twice.
    quality_score numeric GENERATED ALWAYS AS (
        round((2500::numeric * approved_count * query_count * latency_count
                + 1500::numeric * (query_count - human_edited_count) * (approved_count + rejected_count) * latency_count
                + greatest(0::numeric, 1000::numeric * latency_count - latency_sum_ms)
                    * (approved_count + rejected_count) * query_count)
            / nullif(50::numeric * (approved_count + rejected_count) * query_count * latency_count, 0), 2)) STORED,
    final boolean NOT NULL,
    revision integer NOT NULL DEFAULT 0,
    corrected_at timestamptz,
    as_of timestamptz NOT NULL,
    commit_lsn pg_lsn NOT NULL,
    PRIMARY KEY (agent, bucket, bucket_start, zone)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);

-- Retention removes the oldest of a bucket's length.
CREATE INDEX agent_performance_history_oldest ON agentpulse.agent_performance_history (bucket, bucket_start);

ALTER TABLE agentpulse.agent_performance_history ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.agent_performance_history IS
    'Queries of each agent by the minute, 15 minutes, hour and day (UTC): those with bucket_start <= created_at < bucket_end. '
    'From history_reach.complete_from on, every row follows its queries, however late they change.';
COMMENT ON COLUMN agentpulse.agent_performance_history.agent IS 'The agent.';
COMMENT ON COLUMN agentpulse.agent_performance_history.bucket IS 'Length of the bucket: 1m, 15m, 1h or 1d.';
COMMENT ON COLUMN agentpulse.agent_performance_history.bucket_start IS 'Start of the bucket, inclusive.';
COMMENT ON COLUMN agentpulse.agent_performance_history.bucket_end IS 'End of the bucket, exclusive.';
COMMENT ON COLUMN agentpulse.agent_performance_history.zone IS 'Time zone whose days, hours and quarters these are: UTC.';
COMMENT ON COLUMN agentpulse.agent_performance_history.query_count IS 'Queries whose created_at lies in the bucket.';
COMMENT ON COLUMN agentpulse.agent_performance_history.latency_count IS 'Queries with a known latency.';
COMMENT ON COLUMN agentpulse.agent_performance_history.latency_sum_ms IS 'Sum of the known latencies.';
COMMENT ON COLUMN agentpulse.agent_performance_history.latency_values IS
    'The latencies that occurred, ascending: exact up to 10 s, beyond as the upper end of a bin that is less than 1 % wide.';
COMMENT ON COLUMN agentpulse.agent_performance_history.latency_counts IS 'How often each of latency_values occurred; none is zero.';
COMMENT ON COLUMN agentpulse.agent_performance_history.approved_count IS 'Queries whose answer is approved.';
COMMENT ON COLUMN agentpulse.agent_performance_history.rejected_count IS 'Queries whose answer is rejected.';
COMMENT ON COLUMN agentpulse.agent_performance_history.human_edited_count IS 'Queries whose answer a person edited.';
COMMENT ON COLUMN agentpulse.agent_performance_history.purged_rows IS
    'Rows that were deleted from the source table more than agentpulse.history.correct-deletes-for after their minute; they '
    'are still in the figures.';
COMMENT ON COLUMN agentpulse.agent_performance_history.max_latency_ms IS
    'Largest latency, exact up to 10 s, at most 1 % above beyond; null when none is known.';
COMMENT ON COLUMN agentpulse.agent_performance_history.p50_latency_ms IS 'Median latency as percentile_disc gives it over latency_values.';
COMMENT ON COLUMN agentpulse.agent_performance_history.p95_latency_ms IS '95th percentile of the latency, as p50_latency_ms.';
COMMENT ON COLUMN agentpulse.agent_performance_history.p99_latency_ms IS '99th percentile of the latency, as p50_latency_ms.';
COMMENT ON COLUMN agentpulse.agent_performance_history.slow_query_count IS
    'Queries with a latency above agentpulse.alert.slow-query-ms, as it was when the row was last written.';
COMMENT ON COLUMN agentpulse.agent_performance_history.unreviewed_count IS 'Queries whose answer nobody has reviewed.';
COMMENT ON COLUMN agentpulse.agent_performance_history.avg_latency_ms IS 'Average of the known latencies, 2 decimals; null when none is known.';
COMMENT ON COLUMN agentpulse.agent_performance_history.approval_rate_pct IS
    '100 * approved / (approved + rejected), 2 decimals; null when nothing is reviewed.';
COMMENT ON COLUMN agentpulse.agent_performance_history.human_edit_rate_pct IS '100 * edited / queries, 2 decimals; null without queries.';
COMMENT ON COLUMN agentpulse.agent_performance_history.quality_score IS 'As in agent_performance.';
COMMENT ON COLUMN agentpulse.agent_performance_history.final IS 'Whether the bucket has ended; until then the row may be 30 s old.';
COMMENT ON COLUMN agentpulse.agent_performance_history.revision IS 'How often the row was corrected since the bucket ended.';
COMMENT ON COLUMN agentpulse.agent_performance_history.corrected_at IS 'Database time of the last correction; null if there was none.';
COMMENT ON COLUMN agentpulse.agent_performance_history.as_of IS 'Database time up to which the row was complete when it was last written.';
COMMENT ON COLUMN agentpulse.agent_performance_history.commit_lsn IS 'Log position of the tick that last wrote the row.';

CREATE TABLE agentpulse.history_reach (
    history_table text NOT NULL,
    bucket text NOT NULL,
    complete_from timestamptz NOT NULL,
    PRIMARY KEY (history_table, bucket)
);

ALTER TABLE agentpulse.history_reach ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.history_reach IS
    'How far back history is complete. Rows before it are of an earlier start of the job: they stay as they were.';
COMMENT ON COLUMN agentpulse.history_reach.history_table IS 'The history table.';
COMMENT ON COLUMN agentpulse.history_reach.bucket IS 'Length of the bucket.';
COMMENT ON COLUMN agentpulse.history_reach.complete_from IS
    'Buckets that begin at or after this time are all there and follow their source rows; retention moves it on.';
