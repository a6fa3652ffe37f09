-- Is each agent healthy? The answer for every row of agentpulse.agent_health but for its column since, which is history.
--
-- A health row does not say for which time it holds: it holds for the end of the agent's shortest window in
-- agent_performance. The latest query is looked for in the longest; when no window holds one, the old value stands.

WITH usable AS NOT MATERIALIZED (
    SELECT agent, created_at, latency_ms
    FROM public.agent_queries
    WHERE id IS NOT NULL
      AND agent IS NOT NULL
      AND octet_length(id::text) <= 1000
      AND octet_length(agent) <= 1000
      AND (latency_ms IS NULL
          OR latency_ms BETWEEN 0 AND 2147483647 AND latency_ms = trunc(latency_ms)
              AND octet_length(latency_ms::text) <= 1000)
)
SELECT
    result.agent,
    CASE
        WHEN last_minute.query_count = 0 THEN 'idle'
        WHEN last_minute.avg_latency_ms > 200 THEN 'degraded'
        WHEN last_minute.avg_latency_ms > 100 THEN 'warning'
        ELSE 'healthy'
    END AS health_status,
    round(last_minute.avg_latency_ms, 2) AS avg_latency_ms_1m,
    coalesce(latest.created_at, result.last_query_at) AS last_query_at
FROM agentpulse.agent_health AS result
CROSS JOIN LATERAL (
    SELECT window_start, window_end
    FROM agentpulse.agent_performance
    WHERE agent = result.agent
    ORDER BY window_end - window_start
    LIMIT 1
) AS shortest
CROSS JOIN LATERAL (
    SELECT window_start, window_end
    FROM agentpulse.agent_performance
    WHERE agent = result.agent
    ORDER BY window_end - window_start DESC
    LIMIT 1
) AS longest
CROSS JOIN LATERAL (
    SELECT count(*) AS query_count, avg(latency_ms) AS avg_latency_ms
    FROM usable
    WHERE usable.agent = result.agent
      AND usable.created_at > shortest.window_start
      AND usable.created_at <= shortest.window_end
) AS last_minute
CROSS JOIN LATERAL (
    SELECT max(usable.created_at) AS created_at
    FROM usable
    WHERE usable.agent = result.agent
      AND usable.created_at > longest.window_start
      AND usable.created_at <= longest.window_end
) AS latest
