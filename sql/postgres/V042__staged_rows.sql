-- Rows of agents and annotators are staged, too, where a tick touches very many of them.

COMMENT ON COLUMN agentpulse.staged_record.kind IS
    'The channel of a message, alert_ and the step of an alert, or row_ and what a row is about.';
COMMENT ON COLUMN agentpulse.staged_record.position IS
    'Its place among those of its kind and time; empty for a row, which is there once.';
COMMENT ON COLUMN agentpulse.staged_record.record_key IS
    'The event_key of a message, the alert_id of an alert, or the window and the name of a row: a replay stages the same ones.';
