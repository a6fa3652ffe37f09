-- What the page reads at once: all agents together over hours and days, what the self-audit found today and of each row last,
-- and which tables a visitor may read.

DO $all_agents$
BEGIN
    EXECUTE 'CREATE VIEW agentpulse.all_agents_history '
        -- As agentpulse.alert.
        || CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'WITH (security_invoker = true) ' ELSE '' END
        || $view$ AS
SELECT h.bucket,
       h.bucket_start,
       max(h.bucket_end) AS bucket_end,
       count(*) FILTER (WHERE h.query_count > 0) AS agent_count,
       sum(h.query_count)::bigint AS query_count,
       sum(h.latency_count)::bigint AS latency_count,
       sum(h.latency_sum_ms) AS latency_sum_ms,
       sum(h.slow_query_count)::bigint AS slow_query_count,
       sum(h.approved_count)::bigint AS approved_count,
       sum(h.rejected_count)::bigint AS rejected_count,
       sum(h.human_edited_count)::bigint AS human_edited_count,
       sum(h.purged_rows)::bigint AS purged_rows,
       round(sum(h.latency_sum_ms) / nullif(sum(h.latency_count), 0), 2) AS avg_latency_ms,
       min(h.avg_latency_ms) AS fastest_agent_ms,
       max(h.avg_latency_ms) AS slowest_agent_ms,
       max(h.max_latency_ms) AS max_latency_ms,
       round(100.0 * sum(h.approved_count) / nullif(sum(h.approved_count) + sum(h.rejected_count), 0), 2) AS approval_rate_pct,
       round(100.0 * sum(h.human_edited_count) / nullif(sum(h.query_count), 0), 2) AS human_edit_rate_pct,
       bool_and(h.final) AS final,
       min(h.as_of) AS as_of
  FROM agentpulse.agent_performance_history h
 WHERE h.zone = 'UTC'
 GROUP BY h.bucket, h.bucket_start
           $view$;
END
$all_agents$;

COMMENT ON VIEW agentpulse.all_agents_history IS
    'agent_performance_history of all agents together: parts are summed, and figures made of the sums. Name the bucket and a span '
    'of bucket_start. Percentiles do not add up: agent_history_by has those of an agent.';
COMMENT ON COLUMN agentpulse.all_agents_history.bucket IS 'Length of the bucket: 1m, 15m, 1h or 1d.';
COMMENT ON COLUMN agentpulse.all_agents_history.bucket_start IS 'Start of the bucket, inclusive.';
COMMENT ON COLUMN agentpulse.all_agents_history.bucket_end IS 'End of the bucket, exclusive.';
COMMENT ON COLUMN agentpulse.all_agents_history.agent_count IS 'Agents that were asked something in the bucket.';
COMMENT ON COLUMN agentpulse.all_agents_history.query_count IS 'Queries whose created_at lies in the bucket.';
COMMENT ON COLUMN agentpulse.all_agents_history.latency_count IS 'Queries with a known latency.';
COMMENT ON COLUMN agentpulse.all_agents_history.latency_sum_ms IS 'Sum of the known latencies.';
COMMENT ON COLUMN agentpulse.all_agents_history.slow_query_count IS 'As in agent_performance_history.';
COMMENT ON COLUMN agentpulse.all_agents_history.approved_count IS 'Queries whose answer is approved.';
COMMENT ON COLUMN agentpulse.all_agents_history.rejected_count IS 'Queries whose answer is rejected.';
COMMENT ON COLUMN agentpulse.all_agents_history.human_edited_count IS 'Queries whose answer a person edited.';
COMMENT ON COLUMN agentpulse.all_agents_history.purged_rows IS 'As in agent_performance_history.';
COMMENT ON COLUMN agentpulse.all_agents_history.avg_latency_ms IS
    'Average of the known latencies, 2 decimals: each query weighs the same. Null when none is known.';
COMMENT ON COLUMN agentpulse.all_agents_history.fastest_agent_ms IS 'The lowest average of an agent; null when no latency is known.';
COMMENT ON COLUMN agentpulse.all_agents_history.slowest_agent_ms IS 'The highest average of an agent.';
COMMENT ON COLUMN agentpulse.all_agents_history.max_latency_ms IS 'As in agent_performance_history.';
COMMENT ON COLUMN agentpulse.all_agents_history.approval_rate_pct IS
    '100 * approved / (approved + rejected), 2 decimals; null when nothing is reviewed.';
COMMENT ON COLUMN agentpulse.all_agents_history.human_edit_rate_pct IS '100 * edited / queries, 2 decimals; null without queries.';
COMMENT ON COLUMN agentpulse.all_agents_history.final IS 'Whether the bucket has ended for all agents; until then rows may be 30 s old.';
COMMENT ON COLUMN agentpulse.all_agents_history.as_of IS 'Database time up to which every agent''s row was complete when it was last written.';

DO $all_agents_forecast$
BEGIN
    EXECUTE 'CREATE VIEW agentpulse.all_agents_forecast '
        || CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'WITH (security_invoker = true) ' ELSE '' END
        || $view$ AS
SELECT f.measure,
       f.first_slot + (u.n - 1) * make_interval(secs => f.slot_seconds) AS slot_start,
       f.slot_seconds,
       sum(u.expected) AS expected,
       count(*) AS agent_count,
       min(f.as_of) AS as_of
  FROM agentpulse.agent_forecast f, unnest(f.expected) WITH ORDINALITY AS u (expected, n)
 GROUP BY 1, 2, 3
           $view$;
END
$all_agents_forecast$;

COMMENT ON VIEW agentpulse.all_agents_forecast IS
    'agent_forecast of all agents together: what is expected adds up. It has no band, for how far agents miss together is not known.';
COMMENT ON COLUMN agentpulse.all_agents_forecast.measure IS 'As in agent_forecast.';
COMMENT ON COLUMN agentpulse.all_agents_forecast.slot_start IS 'Start of the slot.';
COMMENT ON COLUMN agentpulse.all_agents_forecast.slot_seconds IS 'Its length.';
COMMENT ON COLUMN agentpulse.all_agents_forecast.expected IS 'The sum of the forecasts.';
COMMENT ON COLUMN agentpulse.all_agents_forecast.agent_count IS 'Agents that have a forecast of the slot: at the end of the day some may have none yet.';
COMMENT ON COLUMN agentpulse.all_agents_forecast.as_of IS 'Database time up to which the log is in every one of them.';

CREATE TABLE agentpulse.audit_proof (
    result_table text NOT NULL,
    subject text NOT NULL,
    run_at timestamptz NOT NULL,
    as_of timestamptz,
    commit_lsn pg_lsn,
    figures bigint NOT NULL,
    equal boolean NOT NULL,
    first_difference jsonb,
    duration_ms integer NOT NULL,
    PRIMARY KEY (result_table, subject)
) WITH (fillfactor = 75, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.audit_proof ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.audit_proof IS
    'When the self-audit last compared the figures of an agent, an annotator or a queue with plain SQL, and what came of it. '
    'audit_result sums up what is equal; this does not. Not for history. Kept as long as audit_result.';
COMMENT ON COLUMN agentpulse.audit_proof.result_table IS 'The result table.';
COMMENT ON COLUMN agentpulse.audit_proof.subject IS 'The agent or annotator; all where the table has one for all. All of its windows were compared.';
COMMENT ON COLUMN agentpulse.audit_proof.run_at IS 'Wall clock when it was written down.';
COMMENT ON COLUMN agentpulse.audit_proof.as_of IS 'Time of the results that were compared.';
COMMENT ON COLUMN agentpulse.audit_proof.commit_lsn IS 'Their log position.';
COMMENT ON COLUMN agentpulse.audit_proof.figures IS 'How many figures were compared.';
COMMENT ON COLUMN agentpulse.audit_proof.equal IS 'Whether all were equal. What cannot be said leaves the row as it is.';
COMMENT ON COLUMN agentpulse.audit_proof.first_difference IS 'As in audit_result.';
COMMENT ON COLUMN agentpulse.audit_proof.duration_ms IS 'How long statements took, without waiting for the log.';

DO $today$
BEGIN
    EXECUTE 'CREATE VIEW agentpulse.audit_today '
        || CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'WITH (security_invoker = true) ' ELSE '' END
        || $view$ AS
SELECT s.proven_figures_24h, s.unequal_24h, s.inconclusive_24h, s.duration_ms_24h, s.last_proven_at, s.last_run_at
  FROM agentpulse.audit_summary() s
           $view$;
END
$today$;

COMMENT ON VIEW agentpulse.audit_today IS
    'audit_summary() for those who read tables only. It is for whoever may read audit_result.';
COMMENT ON COLUMN agentpulse.audit_today.proven_figures_24h IS 'Figures that were equal.';
COMMENT ON COLUMN agentpulse.audit_today.unequal_24h IS 'Comparisons that found something wrong.';
COMMENT ON COLUMN agentpulse.audit_today.inconclusive_24h IS 'Comparisons of which nothing can be said.';
COMMENT ON COLUMN agentpulse.audit_today.duration_ms_24h IS 'How long statements took.';
COMMENT ON COLUMN agentpulse.audit_today.last_proven_at IS 'When a comparison was last equal.';
COMMENT ON COLUMN agentpulse.audit_today.last_run_at IS 'When one was last made.';

-- Names only, so it may have the rights of its owner; the privileges are those of who asks.
CREATE VIEW agentpulse.readable_table AS
    SELECT c.relname::text AS name
      FROM pg_catalog.pg_class c
     WHERE c.relnamespace = 'agentpulse'::regnamespace
       AND c.relkind IN ('r', 'p', 'v')
       AND NOT c.relispartition
       AND pg_catalog.has_table_privilege(c.oid, 'SELECT');

COMMENT ON VIEW agentpulse.readable_table IS 'The tables and views of this schema that you may read as a whole.';
COMMENT ON COLUMN agentpulse.readable_table.name IS 'Its name.';

CREATE OR REPLACE FUNCTION agentpulse.own_views() RETURNS SETOF regclass
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    AS $own_views$
        SELECT c.oid::regclass
          FROM pg_class c
         WHERE c.relkind = 'v'
           AND (c.oid IN ('agentpulse.alert'::regclass, 'agentpulse.agent_headroom'::regclass,
                         'agentpulse.retention_state'::regclass, 'agentpulse.data_quality_score'::regclass,
                         'agentpulse.all_agents_forecast'::regclass,
                         'agentpulse.all_agents_history'::regclass, 'agentpulse.audit_today'::regclass,
                         'agentpulse.readable_table'::regclass)
                OR (c.relnamespace = 'public'::regnamespace
                    AND obj_description(c.oid, 'pg_class') LIKE 'AgentPulse: %'
                    AND c.relowner IN (
                        SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'agentpulse'
                        UNION ALL SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)))
    $own_views$;
