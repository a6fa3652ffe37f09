-- How good the source tables' rows of each day are. The checks are in sql/quality; the job runs them once for each day that has
-- ended.

CREATE TABLE agentpulse.data_quality_daily (
    day date NOT NULL,
    source_table text NOT NULL,
    dimension text NOT NULL,
    check_name text NOT NULL,
    value numeric,
    threshold numeric,
    status text NOT NULL CHECK (status IN ('ok', 'warning', 'failed')),
    sample jsonb,
    checked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (day, source_table, check_name)
);

ALTER TABLE agentpulse.data_quality_daily ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.data_quality_daily IS
    'Checks of the source tables'' rows by day (UTC) and table. Kept as long as agentpulse.audit_result.';
COMMENT ON COLUMN agentpulse.data_quality_daily.day IS 'The day (UTC) that rows were created on.';
COMMENT ON COLUMN agentpulse.data_quality_daily.source_table IS 'agent_queries, agent_approvals or agent_feedback, whatever it is called in your schema.';
COMMENT ON COLUMN agentpulse.data_quality_daily.dimension IS 'completeness, validity, uniqueness, consistency or freshness.';
COMMENT ON COLUMN agentpulse.data_quality_daily.check_name IS 'What was checked; names that end in _pct are shares in percent, others count.';
COMMENT ON COLUMN agentpulse.data_quality_daily.value IS 'What was found; null where there was nothing to be checked.';
COMMENT ON COLUMN agentpulse.data_quality_daily.threshold IS 'Above it the status is what it is; of ok, the one above which it is a warning.';
COMMENT ON COLUMN agentpulse.data_quality_daily.status IS 'ok, warning or failed.';
COMMENT ON COLUMN agentpulse.data_quality_daily.sample IS 'At most five ids (or agents'' names) of what was found, or why nothing could be checked; never a text.';
COMMENT ON COLUMN agentpulse.data_quality_daily.checked_at IS 'Wall clock when it was written down.';
