-- Messages and alert steps of a transaction that is too large to be kept in memory until its tick can be written.

CREATE TABLE agentpulse.staged_record (
    lineage bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    time_micros bigint NOT NULL,
    position text COLLATE "C" NOT NULL,
    record_key text COLLATE "C" NOT NULL,
    record json NOT NULL,
    PRIMARY KEY (lineage, kind, time_micros, position, record_key)
);

COMMENT ON TABLE agentpulse.staged_record IS
    'Parts of large ticks that are on their way: what lies after pipeline_status.as_of is not in the results yet, what does not is removed. Nothing for dashboards.';
COMMENT ON COLUMN agentpulse.staged_record.lineage IS 'The state of the job that it comes of, as in pipeline_status.details.';
COMMENT ON COLUMN agentpulse.staged_record.kind IS 'The channel of a message, or alert_ and the step of an alert.';
COMMENT ON COLUMN agentpulse.staged_record.time_micros IS 'The time of the log that it belongs to, in microseconds since 1970.';
COMMENT ON COLUMN agentpulse.staged_record.position IS 'Its place among those of its kind and time.';
COMMENT ON COLUMN agentpulse.staged_record.record_key IS 'The event_key of a message or the alert_id of an alert: a replay stages the same ones.';
COMMENT ON COLUMN agentpulse.staged_record.record IS 'The record itself.';

COMMENT ON COLUMN agentpulse.pipeline_status.details IS
    'The same counts for each source table; unmatched_retractions, notifications_left_out and rows_not_written, which are '
    'zero where all is well; findings, what is wrong with what is read from; while a large transaction is read, '
    'transaction: how many of its changes were read, and when it was committed.';
