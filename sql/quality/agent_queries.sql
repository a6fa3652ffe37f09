-- How good are the queries of one day? A row a check; more than warn_above is a warning, more than fail_above a failure. The
-- job puts the day's bounds in the place of {from} and {until}. Samples are ids or agents' names, never texts.

WITH day AS MATERIALIZED (
    SELECT id::text AS id, agent::text AS agent, conversation_id::text AS conversation_id, md5(query::text) AS query,
           latency_ms, created_at
    FROM public.agent_queries
    WHERE created_at >= {from} AND created_at < {until}
),
repeated AS (
    SELECT id, created_at - lag(created_at) OVER (
        PARTITION BY agent, conversation_id, query ORDER BY created_at, id) <= interval '5 seconds' AS again
    FROM day WHERE conversation_id IS NOT NULL AND query IS NOT NULL
),
names AS (
    SELECT agent, count(*) OVER (PARTITION BY lower(regexp_replace(agent, '\s', '', 'g'))) AS alike
    FROM (SELECT DISTINCT agent FROM day WHERE agent IS NOT NULL) AS d
),
ledger AS (
    SELECT reason, row_key FROM agentpulse.rejected_change
    WHERE source_table = 'agent_queries' AND rejected_at >= {from} AND rejected_at < {until}
),
-- Agents that had a hundred queries and more the day before, by history.
silent AS (
    SELECT h.agent FROM agentpulse.agent_performance_history AS h
    WHERE h.bucket = '1d' AND h.zone = 'UTC' AND h.bucket_start = {from}::timestamptz - interval '1 day' AND h.query_count >= 100
      AND NOT EXISTS (SELECT FROM day WHERE day.agent = h.agent)
),
filled AS (
    SELECT count(*) AS row_count, count(DISTINCT extract(hour FROM created_at)) AS hour_count FROM day
)
SELECT 'completeness' AS dimension, 'conversation_id_missing_pct' AS check_name,
       round(100.0 * count(*) FILTER (WHERE conversation_id IS NULL) / nullif(count(*), 0), 2) AS value,
       5 AS warn_above, 50 AS fail_above,
       (array_agg(id ORDER BY id) FILTER (WHERE conversation_id IS NULL))[1:5] AS sample FROM day
UNION ALL
SELECT 'completeness', 'latency_missing_pct',
       round(100.0 * count(*) FILTER (WHERE latency_ms IS NULL) / nullif(count(*), 0), 2), 5, 50,
       (array_agg(id ORDER BY id) FILTER (WHERE latency_ms IS NULL))[1:5] FROM day
UNION ALL
SELECT 'completeness', 'agent_blank', count(*) FILTER (WHERE btrim(agent) = ''), 0, 100,
       (array_agg(id ORDER BY id) FILTER (WHERE btrim(agent) = ''))[1:5] FROM day
UNION ALL
SELECT 'validity', 'latency_zero_pct',
       round(100.0 * count(*) FILTER (WHERE latency_ms = 0) / nullif(count(*), 0), 2), 1, 20,
       (array_agg(id ORDER BY id) FILTER (WHERE latency_ms = 0))[1:5] FROM day
UNION ALL
SELECT 'validity', 'latency_over_10_min', count(*) FILTER (WHERE latency_ms > 600000), 0, 100,
       (array_agg(id ORDER BY id) FILTER (WHERE latency_ms > 600000))[1:5] FROM day
UNION ALL
SELECT 'validity', 'rejected_changes', count(*) FILTER (WHERE reason <> 'future_timestamp'), 0, 100,
       (array_agg(row_key ORDER BY row_key) FILTER (WHERE reason <> 'future_timestamp'))[1:5] FROM ledger
UNION ALL
SELECT 'validity', 'future_timestamps', count(*) FILTER (WHERE reason = 'future_timestamp'), 0, 1000,
       (array_agg(row_key ORDER BY row_key) FILTER (WHERE reason = 'future_timestamp'))[1:5] FROM ledger
UNION ALL
SELECT 'uniqueness', 'repeated_within_5_s_pct',
       round(100.0 * count(*) FILTER (WHERE again) / nullif((SELECT count(*) FROM day), 0), 2), 1, 20,
       (array_agg(id ORDER BY id) FILTER (WHERE again))[1:5] FROM repeated
UNION ALL
SELECT 'uniqueness', 'agent_names_alike', count(*) FILTER (WHERE alike > 1), 0, 20,
       (array_agg(agent ORDER BY agent) FILTER (WHERE alike > 1))[1:5] FROM names
UNION ALL
-- At 14 rows an hour, one without any comes once in a million.
SELECT 'freshness', 'hours_without_rows', CASE WHEN row_count >= 24 * 14 THEN 24 - hour_count ELSE 0 END, 0, 6, NULL
FROM filled
UNION ALL
SELECT 'freshness', 'agents_gone_silent', count(*), 0, 20, (array_agg(agent ORDER BY agent))[1:5] FROM silent
