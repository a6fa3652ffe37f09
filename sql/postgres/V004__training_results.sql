-- The feedback: quality of the training data, and what each annotator did.

CREATE TABLE agentpulse.training_quality (
    window_name text PRIMARY KEY,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    feedback_count bigint NOT NULL,
    safe_count bigint NOT NULL,
    unsafe_count bigint NOT NULL,
    unreviewed_count bigint NOT NULL,
    unsafe_rate_pct numeric,
    avg_clarity numeric,
    avg_accuracy numeric,
    avg_tone numeric,
    label_counts jsonb NOT NULL,
    active_annotator_count bigint NOT NULL
) WITH (fillfactor = 75, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.training_quality ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.training_quality IS 'Feedback by created_at over sliding windows, one day among them.';
COMMENT ON COLUMN agentpulse.training_quality.window_name IS 'The window by its length: 1m, 5m, 1h or 24h unless configured otherwise.';
COMMENT ON COLUMN agentpulse.training_quality.window_start IS 'Start of the window, exclusive.';
COMMENT ON COLUMN agentpulse.training_quality.window_end IS 'End of the window, inclusive: the database time of the tick that wrote the row.';
COMMENT ON COLUMN agentpulse.training_quality.feedback_count IS 'Feedback whose created_at lies in the window.';
COMMENT ON COLUMN agentpulse.training_quality.safe_count IS 'Feedback that says safe to send.';
COMMENT ON COLUMN agentpulse.training_quality.unsafe_count IS 'Feedback that says not safe to send.';
COMMENT ON COLUMN agentpulse.training_quality.unreviewed_count IS 'Feedback without a verdict yet.';
COMMENT ON COLUMN agentpulse.training_quality.unsafe_rate_pct IS '100 * unsafe / (safe + unsafe), 2 decimals; null without a verdict.';
COMMENT ON COLUMN agentpulse.training_quality.avg_clarity IS 'Average of the clarity scores given, 2 decimals; null when none was given.';
COMMENT ON COLUMN agentpulse.training_quality.avg_accuracy IS 'Average of the accuracy scores given, 2 decimals; null when none was given.';
COMMENT ON COLUMN agentpulse.training_quality.avg_tone IS 'Average of the tone scores given, 2 decimals; null when none was given.';
COMMENT ON COLUMN agentpulse.training_quality.label_counts IS 'How often each label was given: {"label": count}; {} when none was.';
COMMENT ON COLUMN agentpulse.training_quality.active_annotator_count IS 'Distinct annotators, exact.';

CREATE TABLE agentpulse.annotator_activity (
    annotator text NOT NULL,
    window_name text NOT NULL,
    feedback_count bigint NOT NULL,
    safe_count bigint NOT NULL,
    unsafe_count bigint NOT NULL,
    avg_overall numeric,
    last_feedback_at timestamptz,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    PRIMARY KEY (annotator, window_name)
) WITH (fillfactor = 75, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.annotator_activity ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.annotator_activity IS 'Feedback of each annotator over sliding windows.';
COMMENT ON COLUMN agentpulse.annotator_activity.annotator IS 'The annotator.';
COMMENT ON COLUMN agentpulse.annotator_activity.window_name IS 'The window by its length: 1m, 5m or 1h unless configured otherwise.';
COMMENT ON COLUMN agentpulse.annotator_activity.feedback_count IS 'Feedback of the annotator whose created_at lies in the window.';
COMMENT ON COLUMN agentpulse.annotator_activity.safe_count IS 'Feedback that says safe to send.';
COMMENT ON COLUMN agentpulse.annotator_activity.unsafe_count IS 'Feedback that says not safe to send.';
COMMENT ON COLUMN agentpulse.annotator_activity.avg_overall IS 'Average of all clarity, accuracy and tone scores given, 2 decimals; null when none was given.';
COMMENT ON COLUMN agentpulse.annotator_activity.last_feedback_at IS 'Latest created_at in the window; null when there is none.';
COMMENT ON COLUMN agentpulse.annotator_activity.window_start IS 'Start of the window, exclusive.';
COMMENT ON COLUMN agentpulse.annotator_activity.window_end IS 'End of the window, inclusive: the database time of the tick that wrote the row.';
