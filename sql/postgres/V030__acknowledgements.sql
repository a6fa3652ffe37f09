-- What people write lies in a table of its own, so that a transaction that somebody leaves open never holds a row that the
-- job has to write. agentpulse.alert is a view over both, with the columns that it always had.

ALTER TABLE agentpulse.alert RENAME TO alert_record;

COMMENT ON TABLE agentpulse.alert_record IS
    'Alerts as the job writes them. Read agentpulse.alert, which shows who acknowledged them too.';

CREATE TABLE agentpulse.acknowledgement (
    alert_id text PRIMARY KEY,
    acknowledged_by text CHECK (length(acknowledged_by) <= 100),
    acknowledged_at timestamptz,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT acknowledgement_complete_check CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL))
);

ALTER TABLE agentpulse.acknowledgement ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.acknowledgement IS
    'Who looks after which alert; written by people, through acknowledge_alert, and by nobody else.';
COMMENT ON COLUMN agentpulse.acknowledgement.alert_id IS 'The alert. No foreign key: it would lock rows that the job writes.';
COMMENT ON COLUMN agentpulse.acknowledgement.acknowledged_by IS
    'Whom the token or the session names, cut to 100 characters; null when it was taken back.';
COMMENT ON COLUMN agentpulse.acknowledgement.acknowledged_at IS 'When; null when it was taken back.';
COMMENT ON COLUMN agentpulse.acknowledgement.changed_at IS 'When it was given or taken back.';

INSERT INTO agentpulse.acknowledgement (alert_id, acknowledged_by, acknowledged_at)
SELECT alert_id, left(coalesce(acknowledged_by, 'unknown'), 100), acknowledged_at
  FROM agentpulse.alert_record WHERE acknowledged_at IS NOT NULL;

UPDATE agentpulse.alert_record SET status = 'open' WHERE status = 'acknowledged';

ALTER TABLE agentpulse.alert_record
    DROP CONSTRAINT alert_acknowledged_check,
    DROP COLUMN acknowledged_by,
    DROP COLUMN acknowledged_at,
    DROP CONSTRAINT alert_status_check,
    ADD CONSTRAINT alert_status_check CHECK (status IN ('open', 'resolved'));

COMMENT ON COLUMN agentpulse.alert_record.status IS 'open or resolved.';

-- Two branches, so that a search by status uses the index of what is unresolved, among many alerts that are not.
DO $alert$
BEGIN
    EXECUTE 'CREATE VIEW agentpulse.alert '
        -- With it, row level security asks who reads. Postgres 14 does not know it: there the grants alone decide.
        || CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'WITH (security_invoker = true) ' ELSE '' END
        || 'AS SELECT r.alert_id, r.rule, r.subject, r.severity, ''resolved''::text AS status, r.value, r.threshold,
                   r.conversation_id, r.details, r.opened_at, r.resolved_at, r.detected_at,
                   k.acknowledged_by, k.acknowledged_at
              FROM agentpulse.alert_record r LEFT JOIN agentpulse.acknowledgement k ON k.alert_id = r.alert_id
             WHERE r.status = ''resolved''
            UNION ALL
            SELECT r.alert_id, r.rule, r.subject, r.severity,
                   CASE WHEN k.acknowledged_at IS NULL THEN ''open'' ELSE ''acknowledged'' END, r.value, r.threshold,
                   r.conversation_id, r.details, r.opened_at, r.resolved_at, r.detected_at,
                   k.acknowledged_by, k.acknowledged_at
              FROM agentpulse.alert_record r LEFT JOIN agentpulse.acknowledgement k ON k.alert_id = r.alert_id
             WHERE r.status <> ''resolved''';
END
$alert$;

COMMENT ON VIEW agentpulse.alert IS
    'What went wrong: one row an incident, from opening to resolution. Resolved alerts are kept for 90 days.';
COMMENT ON COLUMN agentpulse.alert.status IS 'open, acknowledged by a person, or resolved.';
COMMENT ON COLUMN agentpulse.alert.acknowledged_by IS 'Who acknowledged it; AgentPulse never overwrites this.';
COMMENT ON COLUMN agentpulse.alert.acknowledged_at IS 'When it was acknowledged; AgentPulse never overwrites this.';

DO $comments$
DECLARE
    described record;
BEGIN
    FOR described IN
        SELECT a.attname AS name, col_description(a.attrelid, a.attnum) AS text
          FROM pg_attribute a
          JOIN pg_attribute v ON v.attrelid = 'agentpulse.alert'::regclass AND v.attname = a.attname
         WHERE a.attrelid = 'agentpulse.alert_record'::regclass AND a.attnum > 0 AND a.attname <> 'status'
    LOOP
        EXECUTE format('COMMENT ON COLUMN agentpulse.alert.%I IS %L', described.name, described.text);
    END LOOP;
END
$comments$;

-- Owners who correct an alert by hand do so where they always did.
CREATE FUNCTION agentpulse.write_alert() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = ''
    AS $write$
    BEGIN
        IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR NEW.alert_id <> OLD.alert_id) THEN
            DELETE FROM agentpulse.alert_record r WHERE r.alert_id = OLD.alert_id;
            DELETE FROM agentpulse.acknowledgement k WHERE k.alert_id = OLD.alert_id;
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.alert_id = OLD.alert_id THEN
            UPDATE agentpulse.alert_record r
               SET rule = NEW.rule, subject = NEW.subject, severity = NEW.severity,
                   status = CASE NEW.status WHEN 'acknowledged' THEN 'open' ELSE NEW.status END,
                   value = NEW.value, threshold = NEW.threshold, conversation_id = NEW.conversation_id,
                   details = NEW.details, opened_at = NEW.opened_at, resolved_at = NEW.resolved_at,
                   detected_at = NEW.detected_at
             WHERE r.alert_id = NEW.alert_id;
        ELSE
            INSERT INTO agentpulse.alert_record
                (alert_id, rule, subject, severity, status, value, threshold, conversation_id, details, opened_at,
                 resolved_at, detected_at)
            VALUES (NEW.alert_id, NEW.rule, NEW.subject, NEW.severity,
                 CASE NEW.status WHEN 'acknowledged' THEN 'open' ELSE NEW.status END, NEW.value, NEW.threshold,
                 NEW.conversation_id, coalesce(NEW.details, '{}'), NEW.opened_at, NEW.resolved_at,
                 coalesce(NEW.detected_at, pg_catalog.now()));
        END IF;
        IF NEW.acknowledged_at IS NOT NULL OR NEW.status = 'acknowledged' THEN
            INSERT INTO agentpulse.acknowledgement AS k (alert_id, acknowledged_by, acknowledged_at)
            VALUES (NEW.alert_id, pg_catalog.left(coalesce(NEW.acknowledged_by, session_user::text), 100),
                    coalesce(NEW.acknowledged_at, pg_catalog.now()))
            ON CONFLICT (alert_id) DO UPDATE
                SET acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at,
                    changed_at = pg_catalog.now();
        ELSIF TG_OP = 'UPDATE' THEN
            UPDATE agentpulse.acknowledgement k
               SET acknowledged_by = NULL, acknowledged_at = NULL, changed_at = pg_catalog.now()
             WHERE k.alert_id = NEW.alert_id AND k.acknowledged_at IS NOT NULL;
        END IF;
        RETURN NEW;
    END
    $write$;

COMMENT ON FUNCTION agentpulse.write_alert() IS 'Writes through the view agentpulse.alert to the two tables behind it.';

CREATE TRIGGER write_alert INSTEAD OF INSERT OR UPDATE OR DELETE ON agentpulse.alert
    FOR EACH ROW EXECUTE FUNCTION agentpulse.write_alert();

-- Whom to write down. Claims are a setting that any session can make, so they count only where a gateway logged in.
CREATE FUNCTION agentpulse.acting_name() RETURNS text
    LANGUAGE sql STABLE
    SET search_path = ''
    AS $acting_name$
        SELECT pg_catalog.left(CASE
            WHEN NOT (s.is_gateway OR s.rolsuper) THEN s.rolname::text
            WHEN s.rolsuper THEN coalesce(agentpulse.token_name(), s.rolname::text)
            ELSE agentpulse.token_name()
        END, 100)
          FROM (SELECT r.rolname, r.rolsuper, r.rolname = 'authenticator' OR coalesce(pg_catalog.pg_has_role(
                           r.oid, pg_catalog.to_regrole('agentpulse_gateway'), 'MEMBER'), false) AS is_gateway
                  FROM pg_catalog.pg_roles r WHERE r.rolname = session_user) s
    $acting_name$;

COMMENT ON FUNCTION agentpulse.acting_name() IS
    'Whom the token names where a gateway has logged in (or a superuser), else the user of the session; null where the '
    'token names nobody.';

CREATE FUNCTION agentpulse.note_acknowledgement(alert text, name text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path = ''
    AS $note$
    BEGIN
        -- What is left of alerts that retention removed; whoever holds one of the rows is not waited for.
        DELETE FROM agentpulse.acknowledgement d WHERE d.alert_id IN (
            SELECT k.alert_id FROM agentpulse.acknowledgement k
             WHERE k.changed_at < pg_catalog.now() - interval '1 day'
               AND NOT EXISTS (SELECT FROM agentpulse.alert_record r WHERE r.alert_id = k.alert_id)
             LIMIT 100 FOR UPDATE SKIP LOCKED);
        IF NOT EXISTS (SELECT FROM agentpulse.alert_record r WHERE r.alert_id = alert AND r.status = 'open') THEN
            RETURN false;
        END IF;
        INSERT INTO agentpulse.acknowledgement AS k (alert_id, acknowledged_by, acknowledged_at)
        VALUES (alert, name, pg_catalog.now())
        ON CONFLICT (alert_id) DO UPDATE
            SET acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at,
                changed_at = pg_catalog.now()
            WHERE k.acknowledged_at IS NULL;
        RETURN FOUND;
    END
    $note$;

COMMENT ON FUNCTION agentpulse.note_acknowledgement(text, text) IS 'For the functions that people call.';

CREATE OR REPLACE FUNCTION agentpulse.acknowledge_alert(alert_id text) RETURNS boolean
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = ''
    AS $acknowledge$
    BEGIN
        IF agentpulse.acting_name() IS NULL THEN
            RAISE EXCEPTION 'The token names nobody: sign in to acknowledge an alert.' USING ERRCODE = '42501';
        END IF;
        RETURN agentpulse.note_acknowledgement(acknowledge_alert.alert_id, agentpulse.acting_name());
    END
    $acknowledge$;

CREATE OR REPLACE FUNCTION agentpulse.acknowledge_alert(alert_id text, by text) RETURNS boolean
    LANGUAGE sql
    SECURITY DEFINER
    SET search_path = ''
    AS $acknowledge$
        SELECT agentpulse.acknowledge_alert(acknowledge_alert.alert_id)
    $acknowledge$;

COMMENT ON FUNCTION agentpulse.acknowledge_alert(text, text) IS
    'The same as with one argument: names are not taken on trust, so the second is not used.';

COMMENT ON FUNCTION agentpulse.acknowledge_alert(text) IS
    'Notes that whoever is signed in looks after an open alert. True if it was open; false if it is unknown, acknowledged or '
    'resolved already.';

CREATE OR REPLACE FUNCTION agentpulse.unacknowledge_alert(alert_id text) RETURNS boolean
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = ''
    AS $unacknowledge$
    BEGIN
        IF agentpulse.acting_name() IS NULL THEN
            RAISE EXCEPTION 'The token names nobody: sign in to undo an acknowledgement.' USING ERRCODE = '42501';
        END IF;
        UPDATE agentpulse.acknowledgement AS k
           SET acknowledged_by = NULL, acknowledged_at = NULL, changed_at = pg_catalog.now()
         WHERE k.alert_id = unacknowledge_alert.alert_id AND k.acknowledged_at IS NOT NULL
           AND EXISTS (SELECT FROM agentpulse.alert_record r WHERE r.alert_id = k.alert_id AND r.status = 'open');
        RETURN FOUND;
    END
    $unacknowledge$;

CREATE OR REPLACE FUNCTION agentpulse.raise_pipeline_alert(
    rule text, subject text, severity text, value numeric, threshold numeric, opened_at timestamptz) RETURNS boolean
    LANGUAGE sql
    SECURITY DEFINER
    SET search_path = ''
    AS $raise$
        WITH raised AS (
            INSERT INTO agentpulse.alert_record AS a
                (alert_id, rule, subject, severity, status, value, threshold, details, opened_at)
            SELECT r.rule || ':' || r.subject || ':' || (extract(epoch FROM r.opened_at) * 1000000)::bigint,
                   r.rule, r.subject, r.severity, 'open', r.value, r.threshold, '{"by": "gateway"}', r.opened_at
              FROM (SELECT raise_pipeline_alert.rule, raise_pipeline_alert.subject, raise_pipeline_alert.severity,
                           raise_pipeline_alert.value, raise_pipeline_alert.threshold,
                           raise_pipeline_alert.opened_at) r
             WHERE r.rule LIKE 'pipeline\_%'
               AND NOT EXISTS (SELECT FROM agentpulse.alert_record o
                                WHERE o.rule = r.rule AND o.subject = r.subject AND o.status <> 'resolved')
            ON CONFLICT (alert_id) DO NOTHING
            RETURNING 1
        )
        SELECT EXISTS (SELECT FROM raised)
    $raise$;

CREATE OR REPLACE FUNCTION agentpulse.resolve_pipeline_alert(rule text, subject text) RETURNS boolean
    LANGUAGE sql
    SECURITY DEFINER
    SET search_path = ''
    AS $resolve$
        WITH resolved AS (
            UPDATE agentpulse.alert_record AS a
               SET status = 'resolved', resolved_at = pg_catalog.clock_timestamp()
             WHERE a.rule = resolve_pipeline_alert.rule AND a.subject = resolve_pipeline_alert.subject
               AND a.rule LIKE 'pipeline\_%' AND a.status <> 'resolved'
            RETURNING 1
        )
        SELECT EXISTS (SELECT FROM resolved)
    $resolve$;

REVOKE EXECUTE ON FUNCTION
    agentpulse.write_alert(), agentpulse.note_acknowledgement(text, text), agentpulse.acting_name()
    FROM PUBLIC;
