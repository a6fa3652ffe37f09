-- What AgentPulse says about itself: how far it is, what it could not use, and the heartbeat that moves its clock.

CREATE TABLE agentpulse.pipeline_status (
    component text PRIMARY KEY,
    as_of timestamptz NOT NULL,
    commit_lsn pg_lsn,
    tick bigint NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    changes_read bigint NOT NULL DEFAULT 0,
    changes_late bigint NOT NULL DEFAULT 0,
    changes_rejected bigint NOT NULL DEFAULT 0,
    changes_replayed bigint NOT NULL DEFAULT 0,
    details jsonb NOT NULL DEFAULT '{}'
) WITH (fillfactor = 75, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.pipeline_status ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.pipeline_status IS
    'How complete the result tables are: everything up to the smallest as_of is in them. Written in the same transaction as they are.';
COMMENT ON COLUMN agentpulse.pipeline_status.component IS 'The writer that the row is about.';
COMMENT ON COLUMN agentpulse.pipeline_status.as_of IS 'Database time up to which the results of this writer are complete; it never goes back.';
COMMENT ON COLUMN agentpulse.pipeline_status.commit_lsn IS 'Log position of the last source transaction in the results; null before the first.';
COMMENT ON COLUMN agentpulse.pipeline_status.tick IS 'Number of the last tick written.';
COMMENT ON COLUMN agentpulse.pipeline_status.written_at IS 'When that tick was written.';
COMMENT ON COLUMN agentpulse.pipeline_status.changes_read IS 'Changes of the source tables read so far.';
COMMENT ON COLUMN agentpulse.pipeline_status.changes_late IS 'Inserts whose event time lies more than a second before the time the log had reached.';
COMMENT ON COLUMN agentpulse.pipeline_status.changes_rejected IS 'Changes that could not be used: see rejected_change.';
COMMENT ON COLUMN agentpulse.pipeline_status.changes_replayed IS 'Changes skipped because they were in the results already.';
COMMENT ON COLUMN agentpulse.pipeline_status.details IS 'The same counts for each source table.';

CREATE TABLE agentpulse.rejected_change (
    event_key text PRIMARY KEY,
    source_table text NOT NULL,
    row_key text,
    reason text NOT NULL,
    change jsonb NOT NULL,
    commit_lsn pg_lsn,
    rejected_at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0.05);

-- Retention removes the oldest entries.
CREATE INDEX rejected_change_rejected_at ON agentpulse.rejected_change (rejected_at);

ALTER TABLE agentpulse.rejected_change ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.rejected_change IS
    'The ledger of changes that no figure could use. It holds rows of the source tables as they are. Kept for 30 days.';
COMMENT ON COLUMN agentpulse.rejected_change.event_key IS 'Derived from the log position of the change, so that a replay adds nothing.';
COMMENT ON COLUMN agentpulse.rejected_change.source_table IS 'The source table.';
COMMENT ON COLUMN agentpulse.rejected_change.row_key IS 'Key of the row as text; null when it has none.';
COMMENT ON COLUMN agentpulse.rejected_change.reason IS
    'missing_id, missing_created_at, infinite_timestamp, timestamp_out_of_range, missing_agent, negative_latency, latency_out_of_range, unknown_status, '
    'missing_updated_at, rubric_not_an_object, rubric_not_a_number, missing_before_image; future_timestamp is for information: that row is used.';
COMMENT ON COLUMN agentpulse.rejected_change.change IS 'The row as it was read.';
COMMENT ON COLUMN agentpulse.rejected_change.commit_lsn IS 'Log position of the change; null for a row of the initial snapshot.';
COMMENT ON COLUMN agentpulse.rejected_change.rejected_at IS 'When it was noted.';

CREATE TABLE agentpulse.heartbeat (
    id integer PRIMARY KEY CHECK (id = 1),
    beat bigint NOT NULL DEFAULT 0,
    beaten_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.heartbeat REPLICA IDENTITY FULL;

INSERT INTO agentpulse.heartbeat (id) VALUES (1);

COMMENT ON TABLE agentpulse.heartbeat IS
    'One row that AgentPulse updates several times a second and reads back through its replication slot: when a beat '
    'arrives, everything committed before it has been read. So time moves while the source tables are silent, and the '
    'slot lets go of old log.';
COMMENT ON COLUMN agentpulse.heartbeat.id IS 'Always 1.';
COMMENT ON COLUMN agentpulse.heartbeat.beat IS 'Counts the beats.';
COMMENT ON COLUMN agentpulse.heartbeat.beaten_at IS 'Database time of the last beat.';
