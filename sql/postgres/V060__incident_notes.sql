-- What people write down about an incident: who, when, and what. In a table of its own, as acknowledgements are, so that a
-- transaction that somebody leaves open holds up nobody; and what retention did today, for those who may not read the audit log.

CREATE TABLE agentpulse.incident_note (
    note_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id text NOT NULL,
    note text NOT NULL CHECK (length(note) BETWEEN 1 AND 1000),
    noted_by text NOT NULL CHECK (length(noted_by) <= 100),
    noted_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX incident_note_alert ON agentpulse.incident_note (alert_id);

ALTER TABLE agentpulse.incident_note ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.incident_note IS
    'Notes on alerts; written by people, through note_incident, and by nobody else. They go with their alert.';
COMMENT ON COLUMN agentpulse.incident_note.note_id IS 'In the order of writing.';
COMMENT ON COLUMN agentpulse.incident_note.alert_id IS 'The alert. No foreign key: it would lock rows that the job writes.';
COMMENT ON COLUMN agentpulse.incident_note.note IS 'The note, 1 to 1000 characters.';
COMMENT ON COLUMN agentpulse.incident_note.noted_by IS 'Whom the token or the session names, cut to 100 characters.';
COMMENT ON COLUMN agentpulse.incident_note.noted_at IS 'When.';

-- A trigger, so that what an owner corrects by hand is written down, too. The log names a note and never quotes it.
CREATE FUNCTION agentpulse.audit_note() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $audit_note$
    DECLARE
        subject agentpulse.incident_note;
        action text := CASE TG_OP WHEN 'INSERT' THEN 'note' WHEN 'UPDATE' THEN 'change_note' ELSE 'remove_note' END;
    BEGIN
        IF TG_OP = 'DELETE' THEN
            -- What is left of alerts that retention removed is removed in silence.
            IF NOT EXISTS (SELECT FROM agentpulse.alert_record r WHERE r.alert_id = OLD.alert_id) THEN
                RETURN NULL;
            END IF;
            subject := OLD;
        ELSE
            subject := NEW;
        END IF;
        PERFORM agentpulse.audit_append(action, subject.alert_id, json_build_object(
            'note_id', subject.note_id, 'note_sha256', encode(sha256(convert_to(subject.note, 'UTF8')), 'hex')));
        RETURN NULL;
    END
    $audit_note$;

COMMENT ON FUNCTION agentpulse.audit_note() IS 'Writes down who notes something on an alert, changes a note or removes one.';

CREATE TRIGGER audit_note AFTER INSERT OR UPDATE OR DELETE ON agentpulse.incident_note
    FOR EACH ROW EXECUTE FUNCTION agentpulse.audit_note();

CREATE FUNCTION agentpulse.note_incident(alert_id text, text text) RETURNS boolean
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $note$
    DECLARE
        written constant text := btrim(note_incident.text, E' \t\r\n');
    BEGIN
        IF agentpulse.acting_name() IS NULL THEN
            RAISE EXCEPTION 'The token names nobody: sign in to write a note.' USING ERRCODE = '42501';
        END IF;
        IF coalesce(written, '') = '' OR length(written) > 1000 THEN
            RAISE EXCEPTION 'A note has 1 to 1000 characters.' USING ERRCODE = '22023';
        END IF;
        -- What is left of alerts that retention removed; whoever holds one of the rows is not waited for.
        DELETE FROM agentpulse.incident_note d WHERE d.note_id IN (
            SELECT n.note_id FROM agentpulse.incident_note n
             WHERE n.noted_at < now() - interval '1 day'
               AND NOT EXISTS (SELECT FROM agentpulse.alert_record r WHERE r.alert_id = n.alert_id)
             LIMIT 100 FOR UPDATE SKIP LOCKED);
        IF NOT EXISTS (SELECT FROM agentpulse.alert_record r WHERE r.alert_id = note_incident.alert_id) THEN
            RETURN false;
        END IF;
        IF (SELECT count(*) FROM agentpulse.incident_note n WHERE n.alert_id = note_incident.alert_id) >= 100 THEN
            RAISE EXCEPTION 'An alert has at most 100 notes.' USING ERRCODE = '22023';
        END IF;
        INSERT INTO agentpulse.incident_note (alert_id, note, noted_by)
        VALUES (note_incident.alert_id, written, agentpulse.acting_name());
        RETURN true;
    END
    $note$;

COMMENT ON FUNCTION agentpulse.note_incident(text, text) IS
    'Keeps a note of whoever is signed in on an alert, open or resolved. True if the alert is there.';

REVOKE EXECUTE ON FUNCTION agentpulse.audit_note(), agentpulse.note_incident(text, text) FROM PUBLIC;

-- Counts and times only, so whoever reads results may see it; with the rights of its owner, for retention_run is part of the
-- audit log.
CREATE VIEW agentpulse.retention_state AS
    SELECT r.relation, r.day, r.kept_seconds, r.runs, r.removed_rows, r.first_run_at, r.last_run_at
      FROM agentpulse.retention_run r
     WHERE r.day = (SELECT max(d.day) FROM agentpulse.retention_run d);

COMMENT ON VIEW agentpulse.retention_state IS
    'How long rows of each table are kept, and what retention did today (UTC), runs that removed nothing included.';
COMMENT ON COLUMN agentpulse.retention_state.relation IS 'The table, and of history the length of the bucket.';
COMMENT ON COLUMN agentpulse.retention_state.day IS 'The day in UTC.';
COMMENT ON COLUMN agentpulse.retention_state.kept_seconds IS 'How long rows are kept, as of the last run; 0 for ever.';
COMMENT ON COLUMN agentpulse.retention_state.runs IS 'How often old rows were looked for.';
COMMENT ON COLUMN agentpulse.retention_state.removed_rows IS 'How many were removed.';
COMMENT ON COLUMN agentpulse.retention_state.first_run_at IS 'When the first of these runs was written down.';
COMMENT ON COLUMN agentpulse.retention_state.last_run_at IS 'When the last of these runs was written down.';

CREATE OR REPLACE FUNCTION agentpulse.own_views() RETURNS SETOF regclass
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    AS $own_views$
        SELECT c.oid::regclass
          FROM pg_class c
         WHERE c.relkind = 'v'
           AND (c.oid IN ('agentpulse.alert'::regclass, 'agentpulse.agent_headroom'::regclass,
                         'agentpulse.retention_state'::regclass)
                OR (c.relnamespace = 'public'::regnamespace
                    AND obj_description(c.oid, 'pg_class') LIKE 'AgentPulse: %'
                    AND c.relowner IN (
                        SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'agentpulse'
                        UNION ALL SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)))
    $own_views$;

-- As before, and notes: people quote in them what they looked at.
CREATE OR REPLACE FUNCTION agentpulse.erase_conversation(conversation text)
    RETURNS TABLE (relation text, erased_rows bigint)
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '5s'
    AS $erase$
    DECLARE
        wanted constant text := erase_conversation.conversation;
        -- Its beginning, as it reads in JSON, and in JSON that is a text of JSON.
        quoted constant text := agentpulse.json_escaped(left(wanted, 100));
        quoted_twice constant text := agentpulse.json_escaped(quoted);
        alerts bigint;
        notes bigint;
        messages bigint;
        ledger bigint;
        queues bigint;
        on_the_way bigint;
    BEGIN
        IF coalesce(wanted, '') = '' THEN
            RAISE EXCEPTION 'Name the conversation to be erased.' USING ERRCODE = '22023';
        END IF;
        -- Before the alerts, which then do not say any more whose they were. Who wrote it, and when, stays.
        UPDATE agentpulse.incident_note n
           SET note = '(erased)'
         WHERE n.note <> '(erased)'
           AND (strpos(n.note, wanted) > 0
                OR n.alert_id IN (SELECT a.alert_id FROM agentpulse.alert_record a WHERE a.conversation_id = wanted));
        GET DIAGNOSTICS notes = ROW_COUNT;
        UPDATE agentpulse.alert_record a
           SET conversation_id = NULL, details = (a.details - 'query' - 'labels') || '{"erased": true}'
         WHERE a.conversation_id = wanted;
        GET DIAGNOSTICS alerts = ROW_COUNT;
        -- The fields stay, so that who reads messages finds what it expects.
        UPDATE agentpulse.channel_event m
           SET payload = m.payload || '{"conversation_id": null, "erased": true}'
                   || CASE WHEN m.payload ? 'query' THEN '{"query": null}'::jsonb ELSE '{}' END
                   || CASE WHEN m.payload ? 'labels' THEN '{"labels": []}'::jsonb ELSE '{}' END
         WHERE agentpulse.names_conversation(m.payload ->> 'conversation_id', wanted);
        GET DIAGNOSTICS messages = ROW_COUNT;
        UPDATE agentpulse.rejected_change r
           SET change = '{"erased": true}'
         WHERE agentpulse.names_conversation(r.change ->> 'conversation_id', wanted)
            -- Rows of result tables that were refused, in whatever form.
            OR (r.reason = 'cannot_be_written'
                AND (strpos(r.change::text, quoted) > 0 OR strpos(r.change::text, quoted_twice) > 0));
        GET DIAGNOSTICS ledger = ROW_COUNT;
        UPDATE agentpulse.approval_queue q
           SET oldest_pending_conversation_id = NULL
         WHERE q.oldest_pending_conversation_id = wanted;
        GET DIAGNOSTICS queues = ROW_COUNT;
        SELECT count(*) INTO on_the_way FROM agentpulse.staged_record s WHERE strpos(s.record::text, quoted) > 0;
        PERFORM agentpulse.audit_append('erase', 'conversation', json_build_object(
            'conversation_sha256', encode(sha256(convert_to(wanted, 'UTF8')), 'hex'), 'alert_record', alerts,
            'incident_note', notes, 'channel_event', messages, 'rejected_change', ledger, 'approval_queue', queues, 'on_the_way', on_the_way));
        RETURN QUERY VALUES ('alert_record', alerts), ('incident_note', notes), ('channel_event', messages), ('rejected_change', ledger),
            ('approval_queue', queues), ('on the way: erase again when they are written', on_the_way);
    END
    $erase$;
