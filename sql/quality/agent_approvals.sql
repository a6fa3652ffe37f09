-- How good are the approvals that were requested on one day? See agent_queries.sql. Queries that they are compared with are those
-- of the same conversation from a day before on.

WITH day AS MATERIALIZED (
    SELECT id::text AS id, conversation_id::text AS conversation_id, status::text AS status, approved_by::text AS approved_by,
           created_at, updated_at
    FROM public.agent_approvals
    WHERE created_at >= {from} AND created_at < {until}
),
ledger AS (
    SELECT reason, row_key FROM agentpulse.rejected_change
    WHERE source_table = 'agent_approvals' AND reason <> 'future_timestamp'
      AND rejected_at >= {from} AND rejected_at < {until}
),
asked AS MATERIALIZED (
    SELECT DISTINCT conversation_id::text AS conversation_id
    FROM public.agent_queries
    WHERE created_at >= {from}::timestamptz - interval '1 day' AND created_at < {until} AND conversation_id IS NOT NULL
),
compared AS (
    SELECT day.id, asked.conversation_id IS NULL AS unknown FROM day LEFT JOIN asked USING (conversation_id)
    WHERE day.conversation_id IS NOT NULL
),
decided AS (
    SELECT id, approved_by IS NULL OR btrim(approved_by) = '' AS nobody FROM day WHERE status IN ('approved', 'rejected')
)
SELECT 'completeness' AS dimension, 'conversation_id_missing_pct' AS check_name,
       round(100.0 * count(*) FILTER (WHERE conversation_id IS NULL) / nullif(count(*), 0), 2) AS value,
       5 AS warn_above, 50 AS fail_above,
       (array_agg(id ORDER BY id) FILTER (WHERE conversation_id IS NULL))[1:5] AS sample FROM day
UNION ALL
SELECT 'completeness', 'approved_by_missing_pct',
       round(100.0 * count(*) FILTER (WHERE nobody) / nullif(count(*), 0), 2), 0, 20,
       (array_agg(id ORDER BY id) FILTER (WHERE nobody))[1:5] FROM decided
UNION ALL
SELECT 'validity', 'rejected_changes', count(*) FILTER (WHERE reason <> 'illegal_transition'), 0, 100,
       (array_agg(row_key ORDER BY row_key) FILTER (WHERE reason <> 'illegal_transition'))[1:5] FROM ledger
UNION ALL
SELECT 'consistency', 'decided_before_created', count(*) FILTER (WHERE status <> 'pending' AND updated_at < created_at), 0, 10,
       (array_agg(id ORDER BY id) FILTER (WHERE status <> 'pending' AND updated_at < created_at))[1:5] FROM day
UNION ALL
-- By the log: on this day a decided approval became pending again, or was decided otherwise.
SELECT 'consistency', 'illegal_transitions', count(*) FILTER (WHERE reason = 'illegal_transition'), 0, 100,
       (array_agg(row_key ORDER BY row_key) FILTER (WHERE reason = 'illegal_transition'))[1:5] FROM ledger
UNION ALL
SELECT 'consistency', 'query_unknown_pct', round(100.0 * count(*) FILTER (WHERE unknown) / nullif(count(*), 0), 2), 20, 80,
       (array_agg(id ORDER BY id) FILTER (WHERE unknown))[1:5] FROM compared
UNION ALL
SELECT 'freshness', 'undecided_after_the_day', count(*) FILTER (WHERE status = 'pending'), 0, 100,
       (array_agg(id ORDER BY id) FILTER (WHERE status = 'pending'))[1:5] FROM day
