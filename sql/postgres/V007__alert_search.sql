-- The writer looks for what a subject has open under a rule whenever something happens to it. Few alerts are unresolved
-- among many that are. (Retention's search by resolved_at has its index since V005.)

CREATE INDEX alert_unresolved_subject ON agentpulse.alert (rule, subject) WHERE status <> 'resolved';

COMMENT ON COLUMN agentpulse.agent_performance.window_name IS
    'The window by its length: 1m, 5m, 15m or 1h unless configured otherwise.';
