-- What may be written through views.

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
