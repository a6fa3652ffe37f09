-- Takes away what somebody has hung on our tables. GRANT ALL holds TRIGGER and REFERENCES, too: a trigger's function runs with
-- the rights of whoever writes (the job, the owner of acknowledge_alert, and who migrates, for each migration writes
-- schema_history), and a foreign key keeps retention from removing rows. Runs before anything is written; the rights go
-- first, so that nothing is hung up again meanwhile. The other rights go behind everything that grants: 90_rights.

-- Rather give up than queue behind a long transaction: whoever waits for this lock holds up the job.
SET LOCAL lock_timeout = '5s';

DO $planted$
DECLARE
    -- Who may do everything in the schema anyway.
    trusted constant oid[] := ARRAY(
        SELECT r.oid FROM pg_roles r
         WHERE r.rolname = current_user
            OR EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = 'agentpulse' AND pg_has_role(r.oid, n.nspowner, 'USAGE'))
            OR EXISTS (SELECT FROM pg_class c
                        WHERE c.oid = to_regclass('agentpulse.schema_history') AND pg_has_role(r.oid, c.relowner, 'USAGE')));
    ours constant oid[] := ARRAY(
        SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE (n.nspname = 'agentpulse' AND c.relkind IN ('r', 'p', 'v'))
            OR (n.nspname = 'public' AND c.relkind = 'v' AND c.relowner = ANY (trusted)
                AND obj_description(c.oid, 'pg_class') LIKE 'AgentPulse: %'));
    found record;
BEGIN
    FOR found IN
        SELECT string_agg(DISTINCT format('%I.%I', n.nspname, c.relname), ', ') AS objects,
               coalesce((SELECT quote_ident(r.rolname) FROM pg_roles r WHERE r.oid = g.grantee), 'PUBLIC') AS role
          FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
         CROSS JOIN LATERAL (
               SELECT a.grantee, a.privilege_type FROM aclexplode(c.relacl) a
                UNION ALL
               SELECT a.grantee, a.privilege_type FROM pg_attribute f, aclexplode(f.attacl) a
                WHERE f.attrelid = c.oid AND NOT f.attisdropped) g
         WHERE c.oid = ANY (ours) AND g.privilege_type IN ('TRIGGER', 'REFERENCES') AND g.grantee <> c.relowner
         GROUP BY g.grantee
    LOOP
        EXECUTE format('REVOKE TRIGGER, REFERENCES ON TABLE %s FROM %s CASCADE', found.objects, found.role);
        RAISE WARNING 'Took TRIGGER and REFERENCES on % from %, which somebody had granted: see docs/security.md for who may '
            'do what.', found.objects, found.role;
    END LOOP;

    FOR found IN
        SELECT t.tgname AS name, format('%I.%I', n.nspname, c.relname) AS of_table,
               format('%I.%I()', (SELECT s.nspname FROM pg_namespace s WHERE s.oid = f.pronamespace), f.proname) AS function,
               (SELECT quote_ident(r.rolname) FROM pg_roles r WHERE r.oid = f.proowner) AS owner
          FROM pg_trigger t
          JOIN pg_class c ON c.oid = t.tgrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
          JOIN pg_proc f ON f.oid = t.tgfoid
         WHERE c.oid = ANY (ours) AND NOT t.tgisinternal AND t.tgparentid = 0
           -- Only who may create in our schema has put a function there; and ours, in a place of its own, could stop the job.
           AND NOT (f.pronamespace = to_regnamespace('agentpulse')
                    AND f.proowner = ANY (trusted || c.relowner)
                    AND (f.proname NOT IN ('write_alert', 'audit_acknowledgement', 'audit_capacity', 'audit_note', 'audit_refuse')
                         OR (t.tgname = f.proname
                             AND (f.proname, c.relname) IN (
                                 ('write_alert', 'alert'), ('audit_acknowledgement', 'acknowledgement'),
                                 ('audit_capacity', 'agent_capacity'), ('audit_note', 'incident_note'), ('audit_refuse', 'audit_log')))))
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', found.name, found.of_table);
        RAISE WARNING 'Dropped trigger % on %, which ran % of % with the rights of whoever writes there: find out who made it. '
            'One of yours stays if its function is in schema agentpulse and belongs to the owner of that.',
            found.name, found.of_table, found.function, found.owner;
    END LOOP;

    FOR found IN
        SELECT k.conname AS name, format('%I.%I', n.nspname, c.relname) AS of_table,
               (SELECT quote_ident(r.rolname) FROM pg_roles r WHERE r.oid = c.relowner) AS owner,
               format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname) AS statement
          FROM pg_constraint k
          JOIN pg_class c ON c.oid = k.conrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confrelid = ANY (ours) AND c.relowner <> ALL (trusted)
    LOOP
        BEGIN
            EXECUTE found.statement;
            RAISE WARNING 'Dropped foreign key % of % (of %), which kept retention from removing rows.',
                found.name, found.of_table, found.owner;
        EXCEPTION
            WHEN insufficient_privilege THEN
                RAISE WARNING 'Foreign key % of % (of %) keeps retention from removing rows: have its owner or a superuser '
                    'run "%".', found.name, found.of_table, found.owner, found.statement;
        END;
    END LOOP;

    FOR found IN
        SELECT format('agentpulse.%I(%s)', f.proname, pg_get_function_identity_arguments(f.oid)) AS name,
               (SELECT quote_ident(r.rolname) FROM pg_roles r WHERE r.oid = f.proowner) AS owner
          FROM pg_proc f
         WHERE f.pronamespace = to_regnamespace('agentpulse') AND f.proowner <> ALL (trusted)
    LOOP
        RAISE WARNING 'Function % belongs to %, who does not own schema agentpulse: find out what it is for, and drop it '
            'or change its owner.', found.name, found.owner;
    END LOOP;
EXCEPTION
    WHEN lock_not_available THEN
        RAISE EXCEPTION 'A trigger or foreign key that is not ours hangs on a table that a transaction has held for more than '
            '5 s, so it cannot be dropped: end that transaction (SELECT pid, query FROM pg_stat_activity ORDER BY '
            'xact_start), then migrate again.';
END
$planted$;
