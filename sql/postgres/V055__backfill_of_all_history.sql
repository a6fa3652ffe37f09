-- History of approvals and feedback of the time before the first start is read, too.

ALTER TABLE agentpulse.history_progress ADD COLUMN oldest timestamptz;

COMMENT ON COLUMN agentpulse.history_progress.oldest IS
    'Time of the oldest row that is to be read; null until it is known, and where there is none.';
COMMENT ON TABLE agentpulse.history_progress IS
    'History of the time before the first start, read from the source tables day by day, the newest first. When no row is '
    'waiting or reading, all is there that the source tables held.';
COMMENT ON COLUMN agentpulse.history_progress.rows IS
    'Source rows that are in the buckets, of approvals requests and decisions; counted when done.';
COMMENT ON COLUMN agentpulse.history_progress.problem IS
    'What it waits for, or why the last attempt failed: that an index is lacking, for one; null if nothing.';
