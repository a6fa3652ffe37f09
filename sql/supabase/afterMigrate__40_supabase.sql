-- What a Supabase project needs, and with the gateway's roles a plain Postgres too. Every step looks first whether its
-- role, publication or function is there.

-- Signed-in users read the results. Not rejected_change: it holds whole rows of the source tables, which those tables'
-- own policies may hide from them. Signed-out users (anon) read nothing.
DO $authenticated$
DECLARE
    result_table regclass;
    view_name text;
BEGIN
    IF to_regrole('authenticated') IS NULL THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA agentpulse TO authenticated;
    -- By the name in their token, never by one that they give.
    REVOKE EXECUTE ON FUNCTION agentpulse.acknowledge_alert(text, text) FROM authenticated;
    GRANT EXECUTE ON FUNCTION agentpulse.acknowledge_alert(text), agentpulse.unacknowledge_alert(text) TO authenticated;
    FOR result_table IN
        SELECT polrelid FROM pg_policy
         WHERE polname = 'agentpulse_read' AND polrelid <> 'agentpulse.rejected_change'::regclass
    LOOP
        EXECUTE format('GRANT SELECT ON %s TO authenticated', result_table);
        IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = result_table AND polname = 'agentpulse_authenticated') THEN
            EXECUTE format('CREATE POLICY agentpulse_authenticated ON %s FOR SELECT TO authenticated USING (true)',
                result_table);
        END IF;
    END LOOP;
    -- Supabase's default privileges open every new view in public to anon, too.
    FOR view_name IN
        SELECT format('%I.%I', n.nspname, c.relname)
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind = 'v'
           AND obj_description(c.oid, 'pg_class') LIKE 'AgentPulse: %'
    LOOP
        IF to_regrole('anon') IS NOT NULL THEN
            EXECUTE format('REVOKE ALL ON %s FROM anon', view_name);
            -- Unless agentpulse.allow_reading has let them in.
            IF EXISTS (SELECT FROM pg_policy WHERE polname = 'agentpulse_read_by_' || to_regrole('anon')::oid) THEN
                EXECUTE format('GRANT SELECT ON %s TO anon', view_name);
            END IF;
        END IF;
        EXECUTE format('REVOKE ALL ON %s FROM authenticated', view_name);
        EXECUTE format('GRANT SELECT ON %s TO authenticated', view_name);
    END LOOP;
END
$authenticated$;

-- Browsers that subscribe to postgres_changes see the result tables that change.
DO $realtime_publication$
DECLARE
    result_table regclass;
BEGIN
    FOR result_table IN
        SELECT polrelid
          FROM pg_policy JOIN pg_publication ON pubname = 'supabase_realtime' AND NOT puballtables
         WHERE polname = 'agentpulse_authenticated'
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
-- realtime.messages with the rights of its caller.
DO $realtime_send$
BEGIN
    IF to_regprocedure('realtime.send(jsonb, text, text, boolean)') IS NULL THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA realtime TO agentpulse_writer;
    GRANT EXECUTE ON FUNCTION realtime.send(jsonb, text, text, boolean) TO agentpulse_writer;
    GRANT INSERT, SELECT ON realtime.messages TO agentpulse_writer;
    IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = 'realtime.messages'::regclass
                                           AND polname = 'agentpulse_broadcast')
    THEN
        CREATE POLICY agentpulse_broadcast ON realtime.messages FOR INSERT TO agentpulse_writer WITH CHECK (true);
    END IF;
    -- The channels are private: who may read the results may join them.
    IF to_regrole('authenticated') IS NOT NULL AND to_regprocedure('realtime.topic()') IS NOT NULL
        AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = 'realtime.messages'::regclass
                                                AND polname = 'agentpulse_listen')
    THEN
        CREATE POLICY agentpulse_listen ON realtime.messages FOR SELECT TO authenticated
            USING ((SELECT realtime.topic()) IN ('agent_queries_stream', 'approval_queue_stream',
                'performance_alert_stream', 'sla_breach_stream', 'training_feedback_stream'));
    END IF;
EXCEPTION
    WHEN insufficient_privilege OR undefined_table THEN
        RAISE WARNING 'User % may not let agentpulse_writer broadcast: NOTIFY and the tables work, realtime.send does '
            'not. Have an administrator grant the writer USAGE on schema realtime and INSERT on realtime.messages.',
            current_user;
END
$realtime_send$;
