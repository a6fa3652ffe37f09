-- Retention says why it keeps rows of history that are older than they are to be kept.

ALTER TABLE agentpulse.retention_run ADD COLUMN held text;

COMMENT ON COLUMN agentpulse.retention_run.held IS
    'Why rows that are old enough are not removed, as of the last run: longer buckets do not hold what is in them. Null if '
    'none are.';

DROP FUNCTION agentpulse.note_retention(text[], bigint[], bigint[], bigint[]);

CREATE FUNCTION agentpulse.note_retention(
    relations text[], kept_seconds bigint[], runs bigint[], removed_rows bigint[], held text[] DEFAULT '{}') RETURNS void
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $retention$
    DECLARE
        today constant date := (now() AT TIME ZONE 'UTC')::date;
        ended agentpulse.retention_run;
    BEGIN
        INSERT INTO agentpulse.retention_run AS d
            (day, relation, kept_seconds, runs, removed_rows, first_run_at, last_run_at, held)
        SELECT today, r.relation, r.kept, r.times, r.removed, now(), now(), left(r.reason, 1000)
          FROM unnest(note_retention.relations, note_retention.kept_seconds, note_retention.runs,
                      note_retention.removed_rows, note_retention.held) AS r (relation, kept, times, removed, reason)
        ON CONFLICT (day, relation) DO UPDATE
            SET kept_seconds = excluded.kept_seconds, runs = d.runs + excluded.runs,
                removed_rows = d.removed_rows + excluded.removed_rows, last_run_at = excluded.last_run_at,
                held = excluded.held;
        FOR ended IN SELECT * FROM agentpulse.retention_run d WHERE d.day < today ORDER BY d.day, d.relation LOOP
            PERFORM agentpulse.audit_append('retention', ended.relation, CASE WHEN ended.held IS NULL
                THEN json_build_object(
                    'day', ended.day, 'kept_seconds', ended.kept_seconds, 'runs', ended.runs,
                    'removed_rows', ended.removed_rows, 'first_run_at', ended.first_run_at,
                    'last_run_at', ended.last_run_at)
                ELSE json_build_object(
                    'day', ended.day, 'kept_seconds', ended.kept_seconds, 'runs', ended.runs,
                    'removed_rows', ended.removed_rows, 'first_run_at', ended.first_run_at,
                    'last_run_at', ended.last_run_at, 'held', ended.held) END);
        END LOOP;
        DELETE FROM agentpulse.retention_run d WHERE d.day < today;
        PERFORM agentpulse.audit_chain();
    END
    $retention$;

COMMENT ON FUNCTION agentpulse.note_retention(text[], bigint[], bigint[], bigint[], text[]) IS
    'For the job: adds runs of retention to those of the day, appends days that have ended to audit_log, and takes along what '
    'waits to be appended.';

REVOKE EXECUTE ON FUNCTION agentpulse.note_retention(text[], bigint[], bigint[], bigint[], text[]) FROM PUBLIC;

CREATE OR REPLACE VIEW agentpulse.retention_state AS
    SELECT r.relation, r.day, r.kept_seconds, r.runs, r.removed_rows, r.first_run_at, r.last_run_at, r.held
      FROM agentpulse.retention_run r
     WHERE r.day = (SELECT max(d.day) FROM agentpulse.retention_run d);

COMMENT ON COLUMN agentpulse.retention_state.held IS
    'Why rows of history that are old enough are not removed, as of the last run; null if none are.';
