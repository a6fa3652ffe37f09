-- What a person may hold up, and what may be written through views.

-- A transaction that somebody leaves open keeps the rows that it changed, and a tick that needs one of them gives up after 5 s,
-- and the job starts anew. So a function that changes rows of the job has a session ended that falls idle behind it.
CREATE FUNCTION agentpulse.hold_briefly() RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $briefly$
    BEGIN
        -- Until the end of the transaction; a session that has a shorter limit of its own keeps it.
        IF current_setting('idle_in_transaction_session_timeout')::interval NOT BETWEEN '1 ms' AND '2 s' THEN
            PERFORM set_config('idle_in_transaction_session_timeout', '2s', true);
        END IF;
    END
    $briefly$;

COMMENT ON FUNCTION agentpulse.hold_briefly() IS
    'For functions that change rows which the job writes, too: whoever then leaves the transaction open is disconnected after 2 s, '
    'and what was changed is undone.';

REVOKE EXECUTE ON FUNCTION agentpulse.hold_briefly() FROM PUBLIC;

-- As before, but for the first statement of each.
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
        PERFORM agentpulse.hold_briefly();
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

CREATE OR REPLACE FUNCTION agentpulse.raise_pipeline_alert(
    rule text, subject text, severity text, value numeric, threshold numeric, opened_at timestamptz) RETURNS boolean
    LANGUAGE sql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $raise$
        SELECT agentpulse.hold_briefly();
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
    SET search_path = pg_catalog, pg_temp
    AS $resolve$
        SELECT agentpulse.hold_briefly();
        WITH resolved AS (
            UPDATE agentpulse.alert_record AS a
               SET status = 'resolved', resolved_at = pg_catalog.clock_timestamp()
             WHERE a.rule = resolve_pipeline_alert.rule AND a.subject = resolve_pipeline_alert.subject
               AND a.rule LIKE 'pipeline\_%' AND a.status <> 'resolved'
            RETURNING 1
        )
        SELECT EXISTS (SELECT FROM resolved)
    $resolve$;

-- Both run with the rights of their owner, and a view over one table can be written, past row level security, by whoever was
-- granted ALL by habit. A view with OFFSET cannot.
CREATE OR REPLACE VIEW agentpulse.retention_state AS
    SELECT r.relation, r.day, r.kept_seconds, r.runs, r.removed_rows, r.first_run_at, r.last_run_at, r.held
      FROM agentpulse.retention_run r
     WHERE r.day = (SELECT max(d.day) FROM agentpulse.retention_run d)
    OFFSET 0;

CREATE OR REPLACE VIEW agentpulse.readable_table AS
    SELECT c.relname::text AS name
      FROM pg_catalog.pg_class c
     WHERE c.relnamespace = 'agentpulse'::regnamespace
       AND c.relkind IN ('r', 'p', 'v')
       AND NOT c.relispartition
       AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
    OFFSET 0;
