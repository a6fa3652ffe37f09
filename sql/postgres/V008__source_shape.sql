-- What the job began to read from, so that a change of it is found at any later start.

CREATE TABLE agentpulse.source_shape (
    what text PRIMARY KEY,
    fact text NOT NULL
);

COMMENT ON TABLE agentpulse.source_shape IS
    'What the running job began to read from; a job that begins with empty state replaces it. Nothing for dashboards.';
COMMENT ON COLUMN agentpulse.source_shape.what IS 'A publication, table, column or partition by its name.';
COMMENT ON COLUMN agentpulse.source_shape.fact IS 'What it was: its object identifier, or its type.';

COMMENT ON COLUMN agentpulse.alert.rule IS
    'slow_query, agent_degraded, approval_sla_breach, unsafe_response, or pipeline: something about AgentPulse itself.';
COMMENT ON COLUMN agentpulse.pipeline_status.details IS
    'The same counts for each source table; unmatched_retractions, notifications_left_out and rows_not_written, which are '
    'zero where all is well; findings, what is wrong with what is read from.';
COMMENT ON COLUMN agentpulse.rejected_change.reason IS
    'missing_id, missing_created_at, infinite_timestamp, timestamp_out_of_range, missing_agent, negative_latency, latency_out_of_range, unknown_status, '
    'missing_updated_at, rubric_not_an_object, rubric_not_a_number, missing_before_image; future_timestamp is for information: that row is used; '
    'cannot_be_written: a row of a result table that the database refused.';
COMMENT ON COLUMN agentpulse.rejected_change.source_table IS
    'The source table; with cannot_be_written the result table.';
