-- What a Supabase project needs, and with the gateway's roles a plain Postgres too. Every step looks first whether its
-- role, publication or function is there.

-- Signed-in users read aggregates. What quotes rows of the source tables, whose own policies may hide them from these
-- users, they read only if the owner says so, by agentpulse.allow_reading('authenticated'): alerts and who acknowledged them,
-- messages, annotators by name, the conversation that has waited longest. Signed-out users (anon) read nothing.
DO $authenticated$
DECLARE
    result_table regclass;
    aggregates constant regclass[] := ARRAY[
        'agentpulse.agent_performance', 'agentpulse.agent_health', 'agentpulse.approval_activity',
        'agentpulse.training_quality', 'agentpulse.approval_queue', 'agentpulse.pipeline_status',
        'agentpulse.agent_performance_history', 'agentpulse.approval_history', 'agentpulse.history_reach',
        'agentpulse.history_progress', 'agentpulse.agent_trend', 'agentpulse.agent_forecast', 'agentpulse.agent_quality',
        'agentpulse.approval_forecast', 'agentpulse.agent_capacity']::regclass[];
    queue constant regclass := 'agentpulse.approval_queue';
    named boolean;
BEGIN
    IF to_regrole('authenticated') IS NULL THEN
        RETURN;
    END IF;
    named := EXISTS (SELECT FROM pg_policy WHERE polname = 'agentpulse_read_by_' || to_regrole('authenticated')::oid);
    GRANT USAGE ON SCHEMA agentpulse TO authenticated;
    -- By the name in their token, never by one that they give.
    REVOKE EXECUTE ON FUNCTION agentpulse.acknowledge_alert(text, text) FROM authenticated;
    GRANT EXECUTE ON FUNCTION
        agentpulse.acknowledge_alert(text), agentpulse.unacknowledge_alert(text), agentpulse.note_incident(text, text)
        TO authenticated;
    FOR result_table IN SELECT polrelid FROM pg_policy WHERE polname = 'agentpulse_read' LOOP
        IF result_table = ANY (aggregates) THEN
            IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = result_table AND polname = 'agentpulse_authenticated')
            THEN
                EXECUTE format('CREATE POLICY agentpulse_authenticated ON %s FOR SELECT TO authenticated USING (true)',
                    result_table);
            END IF;
            IF result_table <> queue THEN
                EXECUTE format('GRANT SELECT ON %s TO authenticated', result_table);
            END IF;
        ELSIF EXISTS (SELECT FROM pg_policy WHERE polrelid = result_table AND polname = 'agentpulse_authenticated') THEN
            EXECUTE format('DROP POLICY agentpulse_authenticated ON %s', result_table);
        END IF;
    END LOOP;
    IF NOT named THEN
        IF has_table_privilege('authenticated', queue, 'SELECT') THEN
            REVOKE SELECT ON agentpulse.approval_queue FROM authenticated;
        END IF;
        EXECUTE (SELECT format('GRANT SELECT (%s) ON %s TO authenticated', string_agg(quote_ident(attname), ', '), queue)
                   FROM pg_attribute
                  WHERE attrelid = queue AND attnum > 0 AND NOT attisdropped
                    AND attname NOT IN ('oldest_pending_id', 'oldest_pending_conversation_id'));
    END IF;
END
$authenticated$;

-- Supabase's default privileges open every new view in public to anon, too: 90_rights takes that away, and what this does
-- not grant. The key of the server side may read everything.
DO $views$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN
        SELECT v FROM agentpulse.own_views() v
         WHERE v NOT IN ('agentpulse.alert'::regclass, 'agentpulse.data_quality_score'::regclass,
                         'agentpulse.audit_today'::regclass)
    LOOP
        IF to_regrole('authenticated') IS NOT NULL THEN
            EXECUTE format('GRANT SELECT ON %s TO authenticated', relation);
        END IF;
    END LOOP;
    IF to_regrole('service_role') IS NULL THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA agentpulse TO service_role;
    FOR relation IN
        SELECT polrelid FROM pg_policy WHERE polname = 'agentpulse_read' UNION SELECT v FROM agentpulse.own_views() v
    LOOP
        EXECUTE format('GRANT SELECT ON %s TO service_role', relation);
    END LOOP;
END
$views$;

-- Browsers that subscribe to postgres_changes see the tables that change and that they may read. Not the ledger,
-- nor history, forecasts and what the self-audit writes, whose rows are wide and are no news.
DO $realtime_publication$
DECLARE
    result_table regclass;
BEGIN
    FOR result_table IN
        SELECT polrelid
          FROM pg_policy JOIN pg_publication ON pubname = 'supabase_realtime' AND NOT puballtables
         WHERE polname = 'agentpulse_read' AND polrelid <> 'agentpulse.rejected_change'::regclass
           AND polrelid NOT IN ('agentpulse.agent_performance_history'::regclass, 'agentpulse.approval_history'::regclass,
                                'agentpulse.training_history'::regclass, 'agentpulse.history_reach'::regclass,
                                'agentpulse.history_progress'::regclass, 'agentpulse.agent_forecast'::regclass,
                                'agentpulse.approval_forecast'::regclass, 'agentpulse.audit_oracle'::regclass,
                                'agentpulse.audit_result'::regclass, 'agentpulse.audit_proof'::regclass,
                                'agentpulse.data_quality_daily'::regclass, 'agentpulse.annotator_agreement'::regclass)
           AND NOT EXISTS (SELECT FROM pg_publication_rel WHERE prpubid = pg_publication.oid AND prrelid = polrelid)
    LOOP
        EXECUTE format('ALTER PUBLICATION supabase_realtime ADD TABLE %s', result_table);
    END LOOP;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'User % may not change the publication supabase_realtime: have its owner add the tables of '
            'schema agentpulse to it.', current_user;
END
$realtime_publication$;

-- Every channel message is also broadcast by realtime.send(payload, event, topic, private), which writes a row of
-- realtime.messages with the rights of its caller. Realtime asks by such rows, too: whoever sees one of a topic may join its
-- private channel, whoever may write one may send there.
DO $realtime_send$
DECLARE
    ours constant text := $$topic = ANY (ARRAY['agent_queries_stream', 'approval_queue_stream',
        'performance_alert_stream', 'sla_breach_stream', 'training_feedback_stream'])$$;
    -- Who reads every row of channel_event: by a grant, which alone opens nothing, and a policy.
    listens constant text := $$has_table_privilege('agentpulse.channel_event'::regclass, 'SELECT')
        AND (NOT row_security_active('agentpulse.channel_event'::regclass)
             OR (EXISTS (SELECT FROM pg_policy p, unnest(p.polroles) r
                          WHERE p.polrelid = 'agentpulse.channel_event'::regclass AND p.polcmd IN ('r', '*')
                            AND p.polpermissive AND pg_get_expr(p.polqual, p.polrelid) = 'true'
                            AND (r = 0 OR pg_has_role(r, 'USAGE')))
                 AND NOT EXISTS (SELECT FROM pg_policy p
                                  WHERE p.polrelid = 'agentpulse.channel_event'::regclass AND NOT p.polpermissive)))$$;
    earlier text;
BEGIN
    -- Supabase's own: whoever may create a schema could have the job call another one.
    IF NOT EXISTS (SELECT FROM pg_proc f JOIN pg_roles r ON r.oid = f.proowner
                    WHERE f.oid = to_regprocedure('realtime.send(jsonb, text, text, boolean)')
                      AND (r.rolsuper OR r.rolname = 'supabase_realtime_admin'))
    THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA realtime TO agentpulse_writer;
    GRANT EXECUTE ON FUNCTION realtime.send(jsonb, text, text, boolean) TO agentpulse_writer;
    GRANT INSERT, SELECT ON realtime.messages TO agentpulse_writer;
    IF NOT has_table_privilege('agentpulse_writer', 'realtime.messages', 'INSERT') THEN
        -- Who may not pass a right on is told so by a warning of Postgres' only.
        RAISE insufficient_privilege;
    END IF;
    FOR earlier IN
        SELECT polname FROM pg_policy WHERE polrelid = 'realtime.messages'::regclass
           AND polname IN ('agentpulse_broadcast', 'agentpulse_listen', 'agentpulse_listeners')
    LOOP
        EXECUTE format('DROP POLICY %I ON realtime.messages', earlier);
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = 'realtime.messages'::regclass
                                           AND polname = 'agentpulse_channels')
    THEN
        EXECUTE format('CREATE POLICY agentpulse_sends ON realtime.messages FOR INSERT TO agentpulse_writer '
            'WITH CHECK (%s)', ours);
        EXECUTE format('CREATE POLICY agentpulse_hears ON realtime.messages FOR SELECT USING (%s AND %s)', ours, listens);
        -- Policies of the project for all its topics ("signed-in users may receive") do not open ours.
        EXECUTE format('CREATE POLICY agentpulse_channels ON realtime.messages AS RESTRICTIVE USING (NOT %1$s OR (%2$s)) '
            'WITH CHECK (NOT %1$s OR pg_has_role(''agentpulse_writer'', ''USAGE''))', ours, listens);
    END IF;
EXCEPTION
    WHEN insufficient_privilege OR undefined_table THEN
        RAISE WARNING 'User % may not let agentpulse_writer broadcast: NOTIFY and the tables work, realtime.send does '
            'not. Have an administrator grant the writer USAGE on schema realtime and INSERT on realtime.messages, '
            'then migrate again.',
            current_user;
END
$realtime_send$;
