-- Who may do what at the gateway. Runs at the end of every migration, after the other roles.
--
--   agentpulse_gateway   logs in for the gateway: reads results for all, becomes one of the two below for each request
--   anon                 whoever has the API key; reads nothing until agentpulse.allow_reading('anon')
--   authenticated        whoever has signed in; reads results and acknowledges (sql/supabase grants it)
--
-- anon and authenticated are what tokens of Supabase name. They cannot log in.

DO $gateway_roles$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['agentpulse_gateway', 'anon', 'authenticated'] LOOP
        IF to_regrole(role_name) IS NULL THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
    END LOOP;
    FOREACH role_name IN ARRAY ARRAY['agentpulse_reader', 'anon', 'authenticated'] LOOP
        IF NOT pg_has_role('agentpulse_gateway', role_name, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO agentpulse_gateway', role_name);
        END IF;
    END LOOP;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'User % may not set up the roles of the gateway: if you want to run it, have an administrator run '
            '"CREATE ROLE agentpulse_gateway NOLOGIN; CREATE ROLE anon NOLOGIN; CREATE ROLE authenticated NOLOGIN; '
            'GRANT agentpulse_reader, anon, authenticated TO agentpulse_gateway;" (leaving out roles that exist), then '
            'migrate again.', current_user;
END
$gateway_roles$;

DO $gateway_rights$
BEGIN
    IF to_regrole('agentpulse_gateway') IS NOT NULL THEN
        GRANT EXECUTE ON FUNCTION
            agentpulse.raise_pipeline_alert(text, text, text, numeric, numeric, timestamptz),
            agentpulse.resolve_pipeline_alert(text, text),
            agentpulse.note_sign_in(json, text)
            TO agentpulse_gateway;
    END IF;
    GRANT EXECUTE ON FUNCTION agentpulse.token_name() TO PUBLIC;
END
$gateway_rights$;
