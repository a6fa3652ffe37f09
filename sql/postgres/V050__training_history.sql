-- What feedback came in in each minute, quarter of an hour, hour and day. As agent_performance_history; see
-- docs/decisions/0011-history.md.

CREATE TABLE agentpulse.training_history (
    dataset text NOT NULL,
    bucket text NOT NULL CHECK (bucket IN ('1m', '15m', '1h', '1d')),
    bucket_start timestamptz NOT NULL,
    bucket_end timestamptz NOT NULL,
    zone text NOT NULL DEFAULT 'UTC',
    feedback_count bigint NOT NULL,
    safe_count bigint NOT NULL,
    unsafe_count bigint NOT NULL,
    clarity_count bigint NOT NULL,
    accuracy_count bigint NOT NULL,
    tone_count bigint NOT NULL,
    clarity_sum numeric NOT NULL,
    accuracy_sum numeric NOT NULL,
    tone_sum numeric NOT NULL,
    labels text[] NOT NULL,
    label_counts integer[] NOT NULL,
    annotators text[] NOT NULL,
    annotator_counts integer[] NOT NULL,
    purged_rows bigint NOT NULL DEFAULT 0,
    unreviewed_count bigint GENERATED ALWAYS AS (feedback_count - safe_count - unsafe_count) STORED,
    unsafe_rate_pct numeric GENERATED ALWAYS AS (
        round(100.0 * unsafe_count / nullif(safe_count + unsafe_count, 0), 2)) STORED,
    avg_clarity numeric GENERATED ALWAYS AS (round(clarity_sum / nullif(clarity_count, 0), 2)) STORED,
    avg_accuracy numeric GENERATED ALWAYS AS (round(accuracy_sum / nullif(accuracy_count, 0), 2)) STORED,
    avg_tone numeric GENERATED ALWAYS AS (round(tone_sum / nullif(tone_count, 0), 2)) STORED,
    active_annotator_count bigint GENERATED ALWAYS AS (cardinality(annotators)) STORED,
    final boolean NOT NULL,
    revision integer NOT NULL DEFAULT 0,
    corrected_at timestamptz,
    as_of timestamptz NOT NULL,
    commit_lsn pg_lsn NOT NULL,
    PRIMARY KEY (dataset, bucket, bucket_start, zone)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);

-- Retention removes the oldest of a bucket's length.
CREATE INDEX training_history_oldest ON agentpulse.training_history (bucket, bucket_start);

ALTER TABLE agentpulse.training_history ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.training_history IS
    'Feedback by the minute, 15 minutes, hour and day (UTC): rows with bucket_start <= created_at < bucket_end. From '
    'history_reach.complete_from on, every row follows its feedback, however late it changes.';
COMMENT ON COLUMN agentpulse.training_history.dataset IS 'The feedback that is counted: all.';
COMMENT ON COLUMN agentpulse.training_history.bucket IS 'Length of the bucket: 1m, 15m, 1h or 1d.';
COMMENT ON COLUMN agentpulse.training_history.bucket_start IS 'Start of the bucket, inclusive.';
COMMENT ON COLUMN agentpulse.training_history.bucket_end IS 'End of the bucket, exclusive.';
COMMENT ON COLUMN agentpulse.training_history.zone IS 'Time zone whose days, hours and quarters these are: UTC.';
COMMENT ON COLUMN agentpulse.training_history.feedback_count IS 'Feedback rows whose created_at lies in the bucket.';
COMMENT ON COLUMN agentpulse.training_history.safe_count IS 'Rows marked as safe to send.';
COMMENT ON COLUMN agentpulse.training_history.unsafe_count IS 'Rows marked as not safe to send.';
COMMENT ON COLUMN agentpulse.training_history.clarity_count IS 'Rows with a number for clarity.';
COMMENT ON COLUMN agentpulse.training_history.accuracy_count IS 'Rows with a number for accuracy.';
COMMENT ON COLUMN agentpulse.training_history.tone_count IS 'Rows with a number for tone.';
COMMENT ON COLUMN agentpulse.training_history.clarity_sum IS 'Sum of the numbers for clarity, exact.';
COMMENT ON COLUMN agentpulse.training_history.accuracy_sum IS 'Sum of the numbers for accuracy, exact.';
COMMENT ON COLUMN agentpulse.training_history.tone_sum IS 'Sum of the numbers for tone, exact.';
COMMENT ON COLUMN agentpulse.training_history.labels IS 'The labels that were given, ascending.';
COMMENT ON COLUMN agentpulse.training_history.label_counts IS 'How often each of labels was given; none is zero.';
COMMENT ON COLUMN agentpulse.training_history.annotators IS 'Who gave feedback, ascending.';
COMMENT ON COLUMN agentpulse.training_history.annotator_counts IS 'How many rows are of each of annotators; none is zero.';
COMMENT ON COLUMN agentpulse.training_history.purged_rows IS
    'Rows that were deleted from the source table more than agentpulse.history.correct-deletes-for after their minute; they '
    'are still in the figures.';
COMMENT ON COLUMN agentpulse.training_history.unreviewed_count IS 'Rows that are neither safe nor unsafe.';
COMMENT ON COLUMN agentpulse.training_history.unsafe_rate_pct IS
    '100 * unsafe / (safe + unsafe), 2 decimals; null when nothing is reviewed.';
COMMENT ON COLUMN agentpulse.training_history.avg_clarity IS 'Average of the numbers for clarity, 2 decimals; null without any.';
COMMENT ON COLUMN agentpulse.training_history.avg_accuracy IS 'Average of the numbers for accuracy, 2 decimals; null without any.';
COMMENT ON COLUMN agentpulse.training_history.avg_tone IS 'Average of the numbers for tone, 2 decimals; null without any.';
COMMENT ON COLUMN agentpulse.training_history.active_annotator_count IS 'How many different annotators there were.';
COMMENT ON COLUMN agentpulse.training_history.final IS 'Whether the bucket has ended; until then the row may be 30 s old.';
COMMENT ON COLUMN agentpulse.training_history.revision IS 'How often the row was corrected since the bucket ended.';
COMMENT ON COLUMN agentpulse.training_history.corrected_at IS 'Database time of the last correction; null if there was none.';
COMMENT ON COLUMN agentpulse.training_history.as_of IS 'Database time up to which the row was complete when it was last written.';
COMMENT ON COLUMN agentpulse.training_history.commit_lsn IS 'Log position of the tick that last wrote the row.';
