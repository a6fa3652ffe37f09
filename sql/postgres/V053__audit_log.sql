-- What people and the job did that somebody may have to account for: appended to, never changed, and chained by hashes, so
-- that a change by somebody who may do everything is found. docs/decisions/0012-audit.md says why it is made like this.

CREATE TABLE agentpulse.audit_log (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    at timestamptz NOT NULL,
    actor text NOT NULL,
    login text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    -- Not jsonb: the hash is of the text as it was written.
    details json NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL
);

CREATE INDEX audit_log_at ON agentpulse.audit_log (at);

ALTER TABLE agentpulse.audit_log ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.audit_log IS
    'Who did what, and when: append-only, each entry chained to the one before. ./agentpulse audit verify recomputes the chain.';
COMMENT ON COLUMN agentpulse.audit_log.seq IS 'Number of the entry: 1, 2, 3 without a gap.';
COMMENT ON COLUMN agentpulse.audit_log.at IS 'Wall clock of what was done; it may differ by little from the order of the numbers.';
COMMENT ON COLUMN agentpulse.audit_log.actor IS
    'Whom the token names where a gateway has logged in, else the user of the session.';
COMMENT ON COLUMN agentpulse.audit_log.login IS 'The user of the session.';
COMMENT ON COLUMN agentpulse.audit_log.action IS
    'begin, acknowledge, unacknowledge, retention, erase or export; more may come.';
COMMENT ON COLUMN agentpulse.audit_log.subject IS 'What it was done to: an alert_id, a table, a report.';
COMMENT ON COLUMN agentpulse.audit_log.details IS 'More about it, by action; never text of a conversation.';
COMMENT ON COLUMN agentpulse.audit_log.previous_hash IS 'The hash of the entry before; 32 zero bytes in the first one.';
COMMENT ON COLUMN agentpulse.audit_log.hash IS 'SHA-256 of previous_hash and every other column, as agentpulse.audit_hash has it.';

-- Whoever is about to change something learns it here; whoever switches this off is found by the chain.
CREATE FUNCTION agentpulse.audit_refuse() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $refuse$
    BEGIN
        RAISE EXCEPTION 'agentpulse.audit_log is appended to only: % is refused.', TG_OP USING ERRCODE = '42501';
    END
    $refuse$;

COMMENT ON FUNCTION agentpulse.audit_refuse() IS 'Refuses every change of agentpulse.audit_log but an append.';

CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON agentpulse.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION agentpulse.audit_refuse();
ALTER TABLE agentpulse.audit_log ENABLE ALWAYS TRIGGER audit_refuse;

-- A lock that only our functions can take: nobody else may lock its row, while any session could take an advisory lock.
CREATE TABLE agentpulse.audit_head (
    id integer PRIMARY KEY CHECK (id = 1),
    seq bigint NOT NULL,
    hash bytea NOT NULL
);

ALTER TABLE agentpulse.audit_head ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.audit_head IS 'The last entry of audit_log: its row is locked by whoever appends.';
COMMENT ON COLUMN agentpulse.audit_head.id IS 'Always 1.';
COMMENT ON COLUMN agentpulse.audit_head.seq IS 'Number of the last entry.';
COMMENT ON COLUMN agentpulse.audit_head.hash IS 'Its hash.';

INSERT INTO agentpulse.audit_head (id, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE TABLE agentpulse.audit_pending (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    login text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    details json NOT NULL
);

ALTER TABLE agentpulse.audit_pending ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.audit_pending IS
    'Entries on their way into audit_log, where somebody else was just appending: the next append, or the job within a minute, '
    'takes them along.';
COMMENT ON COLUMN agentpulse.audit_pending.id IS 'In the order of their coming.';
COMMENT ON COLUMN agentpulse.audit_pending.at IS 'As in audit_log.';
COMMENT ON COLUMN agentpulse.audit_pending.actor IS 'As in audit_log.';
COMMENT ON COLUMN agentpulse.audit_pending.login IS 'As in audit_log.';
COMMENT ON COLUMN agentpulse.audit_pending.action IS 'As in audit_log.';
COMMENT ON COLUMN agentpulse.audit_pending.subject IS 'As in audit_log.';
COMMENT ON COLUMN agentpulse.audit_pending.details IS 'As in audit_log.';

-- What is hashed is the columns as text, each behind its length in bytes, so that no two entries read the same.
CREATE FUNCTION agentpulse.audit_hash(
    previous_hash bytea, seq bigint, at timestamptz, actor text, login text, action text, subject text, details json)
    RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    AS $hash$
        SELECT sha256(convert_to(
                   string_agg(octet_length(convert_to(p.part, 'UTF8')) || ':' || p.part || ',', '' ORDER BY p.place), 'UTF8'))
          FROM unnest(ARRAY[
                   encode(previous_hash, 'hex'), seq::text, (extract(epoch FROM at) * 1000000)::bigint::text,
                   actor, login, action, subject, details::text]) WITH ORDINALITY AS p (part, place)
    $hash$;

COMMENT ON FUNCTION agentpulse.audit_hash(bytea, bigint, timestamptz, text, text, text, text, json) IS
    'SHA-256 of "<bytes>:<text>," for each of: previous_hash in hex, seq, microseconds since 1970, actor, login, action, '
    'subject, details; in UTF-8.';

-- Nobody waits for anybody: an append that finds the head locked leaves its entry to the next one. A transaction that
-- somebody leaves open must hold up neither the job nor other people.
CREATE FUNCTION agentpulse.audit_chain() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $chain$
    DECLARE
        head agentpulse.audit_head;
        entry agentpulse.audit_pending;
        previous bytea;
    BEGIN
        -- Their snapshot may be older than the head.
        IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
            RETURN;
        END IF;
        SELECT * INTO head FROM agentpulse.audit_head h FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            RETURN;
        END IF;
        FOR entry IN SELECT * FROM agentpulse.audit_pending p ORDER BY p.id LIMIT 1000 LOOP
            previous := head.hash;
            head.seq := head.seq + 1;
            head.hash := agentpulse.audit_hash(previous, head.seq, entry.at, entry.actor, entry.login, entry.action,
                entry.subject, entry.details);
            INSERT INTO agentpulse.audit_log
                (seq, at, actor, login, action, subject, details, previous_hash, hash)
            VALUES (head.seq, entry.at, entry.actor, entry.login, entry.action, entry.subject, entry.details, previous,
                    head.hash);
            DELETE FROM agentpulse.audit_pending p WHERE p.id = entry.id;
        END LOOP;
        UPDATE agentpulse.audit_head h SET seq = head.seq, hash = head.hash WHERE h.seq <> head.seq;
    END
    $chain$;

COMMENT ON FUNCTION agentpulse.audit_chain() IS
    'Appends what waits in audit_pending, unless another session is just appending or the transaction''s snapshot is older.';

CREATE FUNCTION agentpulse.audit_append(action text, subject text, details json) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $append$
    BEGIN
        INSERT INTO agentpulse.audit_pending (at, actor, login, action, subject, details)
        VALUES (clock_timestamp(), coalesce(agentpulse.acting_name(), session_user::text), session_user::text,
                audit_append.action, audit_append.subject, audit_append.details);
        PERFORM agentpulse.audit_chain();
    END
    $append$;

COMMENT ON FUNCTION agentpulse.audit_append(text, text, json) IS
    'Writes down what whoever is signed in does. For functions that run with the rights of their owner.';

-- A trigger, so that what an owner corrects by hand is written down, too, by the owner's name.
CREATE FUNCTION agentpulse.audit_acknowledgement() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $acknowledgement$
    BEGIN
        IF TG_OP <> 'DELETE' AND NEW.acknowledged_at IS NOT NULL THEN
            IF TG_OP = 'INSERT' OR OLD.acknowledged_at IS NULL OR OLD.acknowledged_by <> NEW.acknowledged_by THEN
                PERFORM agentpulse.audit_append('acknowledge', NEW.alert_id,
                    json_build_object('acknowledged_by', NEW.acknowledged_by));
            END IF;
        ELSIF TG_OP <> 'INSERT' AND OLD.acknowledged_at IS NOT NULL
            -- What is left of alerts that retention removed is removed in silence.
            AND EXISTS (SELECT FROM agentpulse.alert_record r WHERE r.alert_id = OLD.alert_id)
        THEN
            PERFORM agentpulse.audit_append('unacknowledge', OLD.alert_id,
                json_build_object('acknowledged_by', OLD.acknowledged_by));
        END IF;
        RETURN NULL;
    END
    $acknowledgement$;

COMMENT ON FUNCTION agentpulse.audit_acknowledgement() IS 'Writes down who acknowledges an alert, and who takes that back.';

CREATE TRIGGER audit_acknowledgement AFTER INSERT OR UPDATE OR DELETE ON agentpulse.acknowledgement
    FOR EACH ROW EXECUTE FUNCTION agentpulse.audit_acknowledgement();

-- The job removes old rows every ten seconds: an entry a run would bury the others. A day is one entry a table.
CREATE TABLE agentpulse.retention_run (
    day date NOT NULL,
    relation text NOT NULL,
    kept_seconds bigint NOT NULL,
    runs bigint NOT NULL,
    removed_rows bigint NOT NULL,
    first_run_at timestamptz NOT NULL,
    last_run_at timestamptz NOT NULL,
    PRIMARY KEY (day, relation)
) WITH (fillfactor = 50);

ALTER TABLE agentpulse.retention_run ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.retention_run IS
    'Runs of retention on the day that has not ended, those that removed nothing included; a day that has ended is in audit_log.';
COMMENT ON COLUMN agentpulse.retention_run.day IS 'The day in UTC.';
COMMENT ON COLUMN agentpulse.retention_run.relation IS 'The table, and of history the length of the bucket.';
COMMENT ON COLUMN agentpulse.retention_run.kept_seconds IS 'How long rows are kept, as of the last run; 0 for ever.';
COMMENT ON COLUMN agentpulse.retention_run.runs IS 'How often old rows were looked for.';
COMMENT ON COLUMN agentpulse.retention_run.removed_rows IS 'How many were removed.';
COMMENT ON COLUMN agentpulse.retention_run.first_run_at IS 'When the first of these runs was written down.';
COMMENT ON COLUMN agentpulse.retention_run.last_run_at IS 'When the last of these runs was written down.';

CREATE FUNCTION agentpulse.note_retention(
    relations text[], kept_seconds bigint[], runs bigint[], removed_rows bigint[]) RETURNS void
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $retention$
    DECLARE
        today constant date := (now() AT TIME ZONE 'UTC')::date;
        ended agentpulse.retention_run;
    BEGIN
        INSERT INTO agentpulse.retention_run AS d
            (day, relation, kept_seconds, runs, removed_rows, first_run_at, last_run_at)
        SELECT today, r.relation, r.kept, r.times, r.removed, now(), now()
          FROM unnest(note_retention.relations, note_retention.kept_seconds, note_retention.runs,
                      note_retention.removed_rows) AS r (relation, kept, times, removed)
        ON CONFLICT (day, relation) DO UPDATE
            SET kept_seconds = excluded.kept_seconds, runs = d.runs + excluded.runs,
                removed_rows = d.removed_rows + excluded.removed_rows, last_run_at = excluded.last_run_at;
        FOR ended IN SELECT * FROM agentpulse.retention_run d WHERE d.day < today ORDER BY d.day, d.relation LOOP
            PERFORM agentpulse.audit_append('retention', ended.relation, json_build_object(
                'day', ended.day, 'kept_seconds', ended.kept_seconds, 'runs', ended.runs,
                'removed_rows', ended.removed_rows, 'first_run_at', ended.first_run_at, 'last_run_at', ended.last_run_at));
        END LOOP;
        DELETE FROM agentpulse.retention_run d WHERE d.day < today;
        PERFORM agentpulse.audit_chain();
    END
    $retention$;

COMMENT ON FUNCTION agentpulse.note_retention(text[], bigint[], bigint[], bigint[]) IS
    'For the job: adds runs of retention to those of the day, appends days that have ended to audit_log, and takes along what '
    'waits to be appended.';

CREATE FUNCTION agentpulse.note_export(subject text, details json) RETURNS void
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $export$
    BEGIN
        IF note_export.subject IS NULL OR note_export.details IS NULL
           OR length(note_export.subject) > 100 OR length(note_export.details::text) > 1000
        THEN
            RAISE EXCEPTION 'An export is written down with a subject of at most 100 characters and details of at most 1000.'
                USING ERRCODE = '22023';
        END IF;
        PERFORM agentpulse.audit_append('export', note_export.subject, note_export.details);
    END
    $export$;

COMMENT ON FUNCTION agentpulse.note_export(text, json) IS 'Writes down that whoever is signed in takes a report out.';

REVOKE EXECUTE ON FUNCTION
    agentpulse.audit_refuse(), agentpulse.audit_hash(bytea, bigint, timestamptz, text, text, text, text, json),
    agentpulse.audit_chain(), agentpulse.audit_append(text, text, json), agentpulse.audit_acknowledgement(),
    agentpulse.note_retention(text[], bigint[], bigint[], bigint[]), agentpulse.note_export(text, json)
    FROM PUBLIC;

-- So that the chain is never empty, and says since when it is kept.
SELECT agentpulse.audit_append('begin', 'audit_log', '{}');
