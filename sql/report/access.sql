-- Who may read or write what
-- As it is when the report is made. Rights are those that were granted to the role itself; logins are those that are the role or a member of it, at any remove. Where row level security is on, a role sees the rows that one of the policies opens, and with BYPASSRLS all of them. Superusers and the owner of a table may do everything. The ledger is agentpulse.rejected_change, which holds whole rows of the source tables.
WITH object AS (
    SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind,
           CASE WHEN c.relkind = 'v' THEN NULL WHEN c.relrowsecurity THEN 'on' ELSE 'off' END AS row_level_security,
           c.relowner AS owner, c.relispartition AS is_partition, coalesce(c.relacl, acldefault('r', c.relowner)) AS rights
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE (n.nspname = 'agentpulse' AND c.relkind IN ('r', 'p', 'v'))
        OR (n.nspname = 'public' AND c.relkind = 'v' AND obj_description(c.oid, 'pg_class') LIKE 'AgentPulse: %')
        OR c.oid = ANY (${sources}::oid[])
    UNION ALL
    SELECT f.oid, format('agentpulse.%I(%s)', f.proname, pg_get_function_identity_arguments(f.oid)), 'function', NULL,
           f.proowner, false, coalesce(f.proacl, acldefault('f', f.proowner))
      FROM pg_proc f WHERE f.pronamespace = 'agentpulse'::regnamespace
), granted AS (
    SELECT o.kind, o.oid, a.grantee, string_agg(DISTINCT a.privilege_type, ', ' ORDER BY a.privilege_type) AS rights
      FROM object o, aclexplode(o.rights) a
     GROUP BY o.kind, o.oid, a.grantee
    UNION ALL
    SELECT o.kind, o.oid, a.grantee,
           string_agg(DISTINCT a.privilege_type, ', ' ORDER BY a.privilege_type) || ' of some columns'
      FROM object o JOIN pg_attribute f ON f.attrelid = o.oid AND NOT f.attisdropped, aclexplode(f.attacl) a
     WHERE o.kind <> 'function'
     GROUP BY o.kind, o.oid, a.grantee
)
SELECT object, kind, row_level_security, role, rights, policies, logins FROM (
    SELECT 1 AS place, e.object, 'server' AS kind, NULL AS row_level_security, e.role, e.rights, NULL AS policies,
           (SELECT string_agg(r.rolname::text, ', ' ORDER BY r.rolname::text) FROM pg_roles r
             WHERE r.rolcanlogin
               AND CASE e.role WHEN 'SUPERUSER' THEN r.rolsuper
                               WHEN 'REPLICATION' THEN r.rolreplication AND NOT r.rolsuper
                               ELSE NOT r.rolsuper AND pg_has_role(r.oid, to_regrole(e.role)::oid, 'MEMBER') END) AS logins
      FROM (VALUES ('(everything)', 'SUPERUSER', 'everything'),
                   ('(published tables)', 'REPLICATION', 'every row and column, by the log'),
                   ('(all tables and views)', 'pg_read_all_data', 'SELECT'),
                   ('(all tables and views)', 'pg_write_all_data', 'DELETE, INSERT, UPDATE')) AS e (object, role, rights)
    UNION ALL
    SELECT 2, o.name, o.kind, o.row_level_security,
           CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee)::text END,
           CASE WHEN g.grantee = o.owner THEN 'everything, as its owner' ELSE g.rights END,
           CASE WHEN g.grantee <> o.owner AND o.row_level_security = 'on' THEN
               (SELECT string_agg(p.polname::text, ', ' ORDER BY p.polname::text) FROM pg_policy p
                 WHERE p.polrelid = o.oid
                   AND EXISTS (SELECT FROM unnest(p.polroles) AS r (oid)
                                WHERE CASE WHEN r.oid = 0 THEN true WHEN g.grantee = 0 THEN false
                                           ELSE pg_has_role(g.grantee, r.oid, 'USAGE') END)) END,
           CASE WHEN g.grantee = 0 THEN 'every login' ELSE
               (SELECT string_agg(r.rolname || CASE WHEN r.rolbypassrls THEN ' (BYPASSRLS)' ELSE '' END, ', '
                                  ORDER BY r.rolname::text)
                  FROM pg_roles r
                 WHERE r.rolcanlogin AND NOT r.rolsuper AND pg_has_role(r.oid, g.grantee, 'MEMBER')) END
      FROM granted g JOIN object o ON o.kind = g.kind AND o.oid = g.oid
     WHERE g.grantee <> o.owner OR (o.kind = 'table' AND NOT o.is_partition)
) a ORDER BY place, object, role, rights
