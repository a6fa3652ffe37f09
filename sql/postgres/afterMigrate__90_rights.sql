-- Takes away what nobody should have, and says so: somebody ran GRANT ALL ON ALL TABLES IN SCHEMA, or set default
-- privileges. Runs at the end of every migration, behind everything that grants. What stays is in docs/security.md, which
-- a test compares with the catalog; what was made with such rights meanwhile went in beforeMigrate. Who needs more becomes
-- a member of one of our roles, or gets a policy of the owner's: SELECT stays where a policy names the role.

-- Roles that agentpulse.allow_reading let in read what came since, too.
SELECT agentpulse.allow_reading(r.oid::regrole)
  FROM pg_roles r
 WHERE EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'agentpulse_read_by_' || r.oid AND r.oid = ANY (p.polroles));

-- Postgres 15 and newer ask who reads; a database that was migrated on 14 learns it here.
DO $invoker$
BEGIN
    IF current_setting('server_version_num')::int >= 150000
       AND NOT EXISTS (SELECT FROM pg_class WHERE oid = 'agentpulse.alert'::regclass
                          AND 'security_invoker=true' = ANY (reloptions))
    THEN
        EXECUTE 'ALTER VIEW agentpulse.alert SET (security_invoker = true)';
    END IF;
END
$invoker$;

DO $history$
BEGIN
    IF to_regclass('agentpulse.schema_history') IS NOT NULL
       AND NOT (SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass('agentpulse.schema_history'))
    THEN
        SET LOCAL lock_timeout = '2s';
        ALTER TABLE agentpulse.schema_history ENABLE ROW LEVEL SECURITY;
    END IF;
EXCEPTION
    WHEN lock_not_available THEN
        NULL; -- The next migration does it; the table holds file names.
END
$history$;

DO $take_away$
DECLARE
    taken record;
BEGIN
    FOR taken IN
        WITH ours AS (
            SELECT c.oid, c.relkind, c.relowner, c.relacl, c.relname::text AS name,
                   c.relname IN ('audit_log', 'audit_head', 'audit_pending', 'retention_run') AS of_audit, c.relispartition,
                   format('%I.%I', n.nspname, c.relname) AS shown
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE (c.relnamespace = 'agentpulse'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S'))
                OR c.oid IN (SELECT v::oid FROM agentpulse.own_views() v)
        ), granted AS (
            SELECT o.oid, o.relkind, o.name, o.of_audit, o.relispartition, o.shown, a.privilege_type AS privilege, a.grantee,
                   coalesce((SELECT r.rolname::text FROM pg_roles r WHERE r.oid = a.grantee), 'PUBLIC') AS role
              FROM ours o, aclexplode(o.relacl) a
             WHERE a.grantee <> o.relowner
        )
        SELECT string_agg(t.object, ', ' ORDER BY t.object) AS objects, t.kind, t.role, t.privileges
          FROM (
            SELECT g.shown AS object, CASE g.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, g.role,
                   string_agg(g.privilege, ', ' ORDER BY g.privilege) AS privileges
              FROM granted g
             WHERE NOT CASE
                -- Read and written by way of their table.
                WHEN g.relispartition THEN false
                WHEN g.role = 'agentpulse_writer' THEN
                    (g.relkind = 'S' AND g.privilege = 'USAGE')
                    OR (g.relkind IN ('r', 'p') AND NOT g.of_audit AND g.name NOT IN ('acknowledgement', 'incident_note', 'schema_history')
                        AND (g.privilege IN ('SELECT', 'INSERT')
                             OR (g.privilege = 'UPDATE' AND g.name NOT IN ('source_shape', 'staged_record'))
                             OR (g.privilege = 'TRUNCATE' AND g.name = 'staged_record')
                             OR (g.privilege = 'DELETE' AND g.name NOT IN ('heartbeat', 'pipeline_status'))))
                WHEN g.role = 'agentpulse_capture' THEN
                    g.privilege = 'SELECT' AND (g.name = 'heartbeat' OR EXISTS (
                        SELECT FROM pg_policy p WHERE p.polrelid = g.oid AND p.polname = 'agentpulse_self_audit'))
                WHEN g.role IN ('agentpulse_reader', 'service_role') THEN
                    g.relkind IN ('r', 'p', 'v') AND g.privilege = 'SELECT' AND NOT g.of_audit
                    AND g.name NOT IN ('heartbeat', 'source_shape', 'staged_record', 'schema_history')
                ELSE g.relkind IN ('r', 'p', 'v') AND g.privilege = 'SELECT' AND EXISTS (
                    SELECT FROM pg_policy p JOIN ours o ON o.oid = p.polrelid
                     WHERE g.grantee = ANY (p.polroles) AND (p.polrelid = g.oid OR g.relkind = 'v'))
                END
             GROUP BY g.shown, g.relkind, g.role) t
         GROUP BY t.kind, t.role, t.privileges
    LOOP
        EXECUTE format('REVOKE %s ON %s %s FROM %s CASCADE', taken.privileges, taken.kind, taken.objects,
            CASE taken.role WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(taken.role) END);
        RAISE WARNING 'Took % on % from %, which somebody had granted: see docs/security.md for who may do what.',
            taken.privileges, taken.objects, taken.role;
    END LOOP;

    FOR taken IN
        WITH granted AS (
            SELECT format('agentpulse.%I(%s)', f.proname, pg_get_function_identity_arguments(f.oid)) AS shown,
                   coalesce((SELECT r.rolname::text FROM pg_roles r WHERE r.oid = a.grantee), 'PUBLIC') AS role,
                   f.proname::text AS name, f.pronargs AS arguments
              FROM pg_proc f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
             WHERE f.pronamespace = 'agentpulse'::regnamespace AND a.grantee <> f.proowner
        )
        SELECT string_agg(g.shown, ', ' ORDER BY g.shown) AS objects, g.role
          FROM granted g
         WHERE NOT CASE g.role
            WHEN 'PUBLIC' THEN g.name IN ('token_name', 'oldest_pending_conversation', 'agent_history_by',
                                        'approval_history_by', 'training_history_by', 'zone_unit', 'weighted_percentiles',
                                        'proof_sql', 'audit_summary')
            WHEN 'agentpulse_reader' THEN g.name IN ('acknowledge_alert', 'unacknowledge_alert', 'note_incident')
            WHEN 'authenticated' THEN
                (g.name IN ('acknowledge_alert', 'unacknowledge_alert') AND g.arguments = 1) OR g.name = 'note_incident'
            WHEN 'agentpulse_gateway' THEN g.name IN ('raise_pipeline_alert', 'resolve_pipeline_alert', 'note_sign_in')
            WHEN 'agentpulse_writer' THEN
                g.name IN ('note_retention', 'history_partitions', 'make_history_partition', 'drop_history_partition',
                           'corrected_distribution', 'distribution_figures')
            WHEN 'agentpulse_compliance' THEN g.name IN ('note_export', 'erase_conversation')
            ELSE false
            END
         GROUP BY g.role
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM %s CASCADE', taken.objects,
            CASE taken.role WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(taken.role) END);
        RAISE WARNING 'Took EXECUTE on % from %, which somebody had granted: see docs/security.md for who may do what.',
            taken.objects, taken.role;
    END LOOP;

    -- Who creates in our schema could have its functions called in the place of ours.
    FOR taken IN
        SELECT coalesce((SELECT r.rolname::text FROM pg_roles r WHERE r.oid = a.grantee), 'PUBLIC') AS role
          FROM pg_namespace n, aclexplode(n.nspacl) a
         WHERE n.nspname = 'agentpulse' AND a.grantee <> n.nspowner AND a.privilege_type = 'CREATE'
    LOOP
        EXECUTE format('REVOKE CREATE ON SCHEMA agentpulse FROM %s CASCADE',
            CASE taken.role WHEN 'PUBLIC' THEN 'PUBLIC' ELSE quote_ident(taken.role) END);
        RAISE WARNING 'Took CREATE on schema agentpulse from %, which somebody had granted: see docs/security.md for who '
            'may do what.', taken.role;
    END LOOP;
END
$take_away$;
