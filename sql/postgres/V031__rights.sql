-- Who reads what quotes rows of the source tables; and row level security on all that is ours, so that a grant that
-- somebody makes by habit opens nothing.

ALTER TABLE agentpulse.heartbeat ENABLE ROW LEVEL SECURITY;
ALTER TABLE agentpulse.source_shape ENABLE ROW LEVEL SECURITY;
ALTER TABLE agentpulse.staged_record ENABLE ROW LEVEL SECURITY;

-- The one figure of mv_approval_queue_summary that names a conversation, for those who may read it.
CREATE FUNCTION agentpulse.oldest_pending_conversation() RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path = ''
    AS $oldest$
    BEGIN
        IF pg_catalog.has_column_privilege('agentpulse.approval_queue', 'oldest_pending_conversation_id', 'SELECT') THEN
            RETURN (SELECT q.oldest_pending_conversation_id FROM agentpulse.approval_queue q WHERE q.queue = 'all');
        END IF;
        RETURN NULL;
    END
    $oldest$;

COMMENT ON FUNCTION agentpulse.oldest_pending_conversation() IS
    'The conversation that has waited longest for approval; null for those who may not read conversations.';

-- A view with our comment is ours only if we own it.
CREATE FUNCTION agentpulse.own_views() RETURNS SETOF regclass
    LANGUAGE sql STABLE
    SET search_path = ''
    AS $own_views$
        SELECT c.oid::regclass
          FROM pg_catalog.pg_class c
         WHERE c.relkind = 'v'
           AND (c.oid = 'agentpulse.alert'::regclass
                OR (c.relnamespace = 'public'::regnamespace
                    AND pg_catalog.obj_description(c.oid, 'pg_class') LIKE 'AgentPulse: %'
                    AND c.relowner IN (
                        SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'agentpulse'
                        UNION ALL SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)))
    $own_views$;

COMMENT ON FUNCTION agentpulse.own_views() IS 'The views that AgentPulse made.';

CREATE OR REPLACE FUNCTION agentpulse.allow_reading(reader regrole) RETURNS void
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
        FOR relation IN SELECT v FROM agentpulse.own_views() v LOOP
            EXECUTE pg_catalog.format('GRANT SELECT ON %s TO %s', relation, reader);
        END LOOP;
    END
    $allow$;

COMMENT ON FUNCTION agentpulse.allow_reading(regrole) IS
    'Lets a role read all results, what quotes rows of the source tables included (alerts, messages, annotators, the oldest '
    'conversation), and the views; not rejected_change. Each migration takes tables in that are new.';

REVOKE EXECUTE ON FUNCTION agentpulse.own_views() FROM PUBLIC;
