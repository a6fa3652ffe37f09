-- Who may account for what was done. Runs at the end of every migration, after the other roles.
--
--   agentpulse_compliance   reads results and the audit log, writes down what is exported, erases a conversation

DO $compliance$
DECLARE
    relation regclass;
BEGIN
    BEGIN
        IF to_regrole('agentpulse_compliance') IS NULL THEN
            CREATE ROLE agentpulse_compliance NOLOGIN;
        END IF;
        IF NOT pg_has_role('agentpulse_compliance', 'agentpulse_reader', 'MEMBER') THEN
            GRANT agentpulse_reader TO agentpulse_compliance;
        END IF;
    EXCEPTION
        WHEN insufficient_privilege THEN
            RAISE WARNING 'User % may not set up the role that reads the audit log: have an administrator run "CREATE ROLE '
                'agentpulse_compliance NOLOGIN; GRANT agentpulse_reader TO agentpulse_compliance;" (leaving out what is '
                'there), then migrate again.', current_user;
    END;
    IF to_regrole('agentpulse_compliance') IS NULL THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA agentpulse TO agentpulse_compliance;
    FOREACH relation IN ARRAY ARRAY['agentpulse.audit_log', 'agentpulse.audit_head', 'agentpulse.audit_pending',
                                    'agentpulse.retention_run']::regclass[]
    LOOP
        EXECUTE format('GRANT SELECT ON %s TO agentpulse_compliance', relation);
        IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = relation AND polname = 'agentpulse_audit') THEN
            EXECUTE format('CREATE POLICY agentpulse_audit ON %s FOR SELECT TO agentpulse_compliance USING (true)', relation);
        END IF;
    END LOOP;
    GRANT EXECUTE ON FUNCTION agentpulse.note_export(text, json), agentpulse.erase_conversation(text)
        TO agentpulse_compliance;
END
$compliance$;
