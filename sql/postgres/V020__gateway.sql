-- What the gateway needs of the database: who acknowledges is whom the token names, alerts about the pipeline itself, and
-- one statement that opens the results to a role.

-- New alerts are found by when they were detected, among millions of old ones.
CREATE INDEX alert_detected_at ON agentpulse.alert (detected_at);

-- Whom the token names, where PostgREST, Supabase or the gateway has put its claims.
CREATE FUNCTION agentpulse.token_name() RETURNS text
    LANGUAGE sql STABLE
    SET search_path = ''
    AS $token_name$
        SELECT coalesce(nullif(c.claims ->> 'name', ''), nullif(c.claims ->> 'email', ''), nullif(c.claims ->> 'sub', ''))
          FROM (SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb AS claims) c
    $token_name$;

COMMENT ON FUNCTION agentpulse.token_name() IS
    'The name, e-mail address or subject in the claims of the request; null where the token names nobody.';

CREATE FUNCTION agentpulse.acknowledge_alert(alert_id text) RETURNS boolean
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = ''
    AS $acknowledge$
    BEGIN
        IF agentpulse.token_name() IS NULL THEN
            RAISE EXCEPTION 'The token names nobody: sign in to acknowledge an alert.' USING ERRCODE = '42501';
        END IF;
        UPDATE agentpulse.alert AS a
           SET status = 'acknowledged', acknowledged_by = agentpulse.token_name(), acknowledged_at = pg_catalog.now()
         WHERE a.alert_id = acknowledge_alert.alert_id AND a.status = 'open';
        RETURN FOUND;
    END
    $acknowledge$;

COMMENT ON FUNCTION agentpulse.acknowledge_alert(text) IS
    'Notes that whom the token names looks after an open alert. False if it is unknown, acknowledged or resolved already.';

CREATE FUNCTION agentpulse.unacknowledge_alert(alert_id text) RETURNS boolean
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = ''
    AS $unacknowledge$
    BEGIN
        IF agentpulse.token_name() IS NULL THEN
            RAISE EXCEPTION 'The token names nobody: sign in to undo an acknowledgement.' USING ERRCODE = '42501';
        END IF;
        UPDATE agentpulse.alert AS a
           SET status = 'open', acknowledged_by = NULL, acknowledged_at = NULL
         WHERE a.alert_id = unacknowledge_alert.alert_id AND a.status = 'acknowledged';
        RETURN FOUND;
    END
    $unacknowledge$;

COMMENT ON FUNCTION agentpulse.unacknowledge_alert(text) IS
    'Takes back an acknowledgement: the alert is open again. False if it is not acknowledged.';

-- What a dead job cannot say. The id follows from when the trouble began, so several gateways raise one alert.
CREATE FUNCTION agentpulse.raise_pipeline_alert(
    rule text, subject text, severity text, value numeric, threshold numeric, opened_at timestamptz) RETURNS boolean
    LANGUAGE sql
    SECURITY DEFINER
    SET search_path = ''
    AS $raise$
        WITH raised AS (
            INSERT INTO agentpulse.alert AS a
                (alert_id, rule, subject, severity, status, value, threshold, details, opened_at)
            SELECT r.rule || ':' || r.subject || ':' || (extract(epoch FROM r.opened_at) * 1000000)::bigint,
                   r.rule, r.subject, r.severity, 'open', r.value, r.threshold, '{"by": "gateway"}', r.opened_at
              FROM (SELECT raise_pipeline_alert.rule, raise_pipeline_alert.subject, raise_pipeline_alert.severity,
                           raise_pipeline_alert.value, raise_pipeline_alert.threshold,
                           raise_pipeline_alert.opened_at) r
             WHERE r.rule LIKE 'pipeline\_%'
               AND NOT EXISTS (SELECT FROM agentpulse.alert o
                                WHERE o.rule = r.rule AND o.subject = r.subject AND o.status <> 'resolved')
            ON CONFLICT (alert_id) DO NOTHING
            RETURNING 1
        )
        SELECT EXISTS (SELECT FROM raised)
    $raise$;

COMMENT ON FUNCTION agentpulse.raise_pipeline_alert(text, text, text, numeric, numeric, timestamptz) IS
    'Opens an alert about the pipeline itself, unless one of the same rule and subject is open. Rules begin with pipeline_.';

CREATE FUNCTION agentpulse.resolve_pipeline_alert(rule text, subject text) RETURNS boolean
    LANGUAGE sql
    SECURITY DEFINER
    SET search_path = ''
    AS $resolve$
        WITH resolved AS (
            UPDATE agentpulse.alert AS a
               SET status = 'resolved', resolved_at = pg_catalog.clock_timestamp()
             WHERE a.rule = resolve_pipeline_alert.rule AND a.subject = resolve_pipeline_alert.subject
               AND a.rule LIKE 'pipeline\_%' AND a.status <> 'resolved'
            RETURNING 1
        )
        SELECT EXISTS (SELECT FROM resolved)
    $resolve$;

COMMENT ON FUNCTION agentpulse.resolve_pipeline_alert(text, text) IS
    'Resolves the alert about the pipeline that is open for a rule and subject, if any.';

-- In production nobody but authenticated reads anything until somebody says so, with this.
CREATE FUNCTION agentpulse.allow_reading(reader regrole) RETURNS void
    LANGUAGE plpgsql
    SET search_path = ''
    AS $allow$
    DECLARE
        relation regclass;
        policy constant text := 'agentpulse_read_by_' || reader::oid;
    BEGIN
        EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA agentpulse TO %s', reader);
        FOR relation IN
            SELECT p.polrelid FROM pg_catalog.pg_policy p
             WHERE p.polname = 'agentpulse_read' AND p.polrelid <> 'agentpulse.rejected_change'::regclass
        LOOP
            EXECUTE pg_catalog.format('GRANT SELECT ON %s TO %s', relation, reader);
            IF NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = relation AND p.polname = policy) THEN
                EXECUTE pg_catalog.format('CREATE POLICY %I ON %s FOR SELECT TO %s USING (true)',
                    policy, relation, reader);
            END IF;
        END LOOP;
        FOR relation IN
            SELECT c.oid FROM pg_catalog.pg_class c
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'
               AND pg_catalog.obj_description(c.oid, 'pg_class') LIKE 'AgentPulse: %'
        LOOP
            EXECUTE pg_catalog.format('GRANT SELECT ON %s TO %s', relation, reader);
        END LOOP;
    END
    $allow$;

COMMENT ON FUNCTION agentpulse.allow_reading(regrole) IS
    'Lets a role read the results and the views, but not rejected_change. Run it again after a migration that adds tables.';

REVOKE EXECUTE ON FUNCTION
    agentpulse.acknowledge_alert(text), agentpulse.unacknowledge_alert(text), agentpulse.allow_reading(regrole),
    agentpulse.raise_pipeline_alert(text, text, text, numeric, numeric, timestamptz),
    agentpulse.resolve_pipeline_alert(text, text)
    FROM PUBLIC;
