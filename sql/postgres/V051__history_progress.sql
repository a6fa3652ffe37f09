-- How far history of the time before the first start has been read from the source table.

CREATE TABLE agentpulse.history_progress (
    history_table text NOT NULL,
    until timestamptz NOT NULL,
    since timestamptz,
    day date NOT NULL GENERATED ALWAYS AS (
        (coalesce(since AT TIME ZONE 'UTC', (until AT TIME ZONE 'UTC') - interval '1 microsecond'))::date) STORED,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'reading', 'done')),
    rows bigint NOT NULL DEFAULT 0,
    unusable_rows bigint NOT NULL DEFAULT 0,
    attempt integer NOT NULL DEFAULT 0,
    began_at timestamptz,
    finished_at timestamptz,
    problem text,
    visible pg_snapshot,
    end_lsn pg_lsn,
    PRIMARY KEY (history_table, until)
);

ALTER TABLE agentpulse.history_progress ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.history_progress IS
    'History of the time before the first start, read from the source table day by day, the newest first. When no row is '
    'waiting or reading, all is there that the source table held.';
COMMENT ON COLUMN agentpulse.history_progress.history_table IS 'The history table.';
COMMENT ON COLUMN agentpulse.history_progress.until IS 'End of the time that is read, exclusive.';
COMMENT ON COLUMN agentpulse.history_progress.since IS
    'Its start; null until it is known. A day, or many, if there is nothing in them to be read.';
COMMENT ON COLUMN agentpulse.history_progress.day IS 'The UTC day that it begins in.';
COMMENT ON COLUMN agentpulse.history_progress.state IS 'waiting, reading, or done.';
COMMENT ON COLUMN agentpulse.history_progress.rows IS 'Source rows that are in the buckets; counted when done.';
COMMENT ON COLUMN agentpulse.history_progress.unusable_rows IS
    'Source rows that could not be used, for the reasons that rejected_change would give.';
COMMENT ON COLUMN agentpulse.history_progress.attempt IS 'How often the reading has begun.';
COMMENT ON COLUMN agentpulse.history_progress.began_at IS 'When it began last.';
COMMENT ON COLUMN agentpulse.history_progress.finished_at IS 'When it was done.';
COMMENT ON COLUMN agentpulse.history_progress.problem IS 'What it waits for, or why the last attempt failed; null if nothing.';
COMMENT ON COLUMN agentpulse.history_progress.visible IS 'The snapshot in which it was read.';
COMMENT ON COLUMN agentpulse.history_progress.end_lsn IS 'A log position behind what that snapshot holds.';

-- The day in which the job started is summed up from its hours when it has ended.
ALTER TABLE agentpulse.history_reach ADD COLUMN incomplete_start timestamptz;

COMMENT ON COLUMN agentpulse.history_reach.incomplete_start IS
    'The only bucket from complete_from on that is not there yet, because it began before the first start and has not ended; '
    'null if there is none.';
