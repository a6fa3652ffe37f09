-- Is each agent healthy? The answer for every row of agentpulse.agent_health but for its column since, which is history.
--
-- A health row does not say for which time it holds: it holds for the end of the agent's shortest window in
-- agent_performance. The latest query is looked for in the longest; when no window holds one, the old value stands.

WITH usable AS NOT MATERIALIZED (
    SELECT agent::text AS agent, created_at, latency_ms
    FROM public.agent_queries
    WHERE id IS NOT NULL
      AND agent IS NOT NULL
      AND octet_length(id::text) <= 1000
      AND octet_length(agent::text) <= 1000
      AND (latency_ms IS NULL
          OR latency_ms BETWEEN 0 AND 2147483647 AND latency_ms = trunc(latency_ms)
              AND octet_length(latency_ms::text) <= 1000)
)
SELECT
    result.agent,
    CASE
        WHEN figures.query_count = 0 THEN 'idle'
        WHEN figures.avg_latency_ms > 200 THEN 'degraded'
        WHEN figures.avg_latency_ms > 100 THEN 'warning'
        ELSE 'healthy'
    END AS health_status,
    round(figures.avg_latency_ms, 2) AS avg_latency_ms_1m,
    coalesce(figures.last_query_at, result.last_query_at) AS last_query_at
FROM agentpulse.agent_health AS result
JOIN (
    SELECT
        own.agent,
        count(usable.agent) FILTER (WHERE usable.created_at > own.shortest_start
            AND usable.created_at <= own.shortest_end) AS query_count,
        avg(usable.latency_ms) FILTER (WHERE usable.created_at > own.shortest_start
            AND usable.created_at <= own.shortest_end) AS avg_latency_ms,
        max(usable.created_at) FILTER (WHERE usable.created_at > own.longest_start
            AND usable.created_at <= own.longest_end) AS last_query_at
    FROM (
        SELECT
            agent,
            (array_agg(window_start ORDER BY window_end - window_start))[1] AS shortest_start,
            (array_agg(window_end ORDER BY window_end - window_start))[1] AS shortest_end,
            (array_agg(window_start ORDER BY window_end - window_start DESC))[1] AS longest_start,
            (array_agg(window_end ORDER BY window_end - window_start DESC))[1] AS longest_end
        FROM agentpulse.agent_performance
        GROUP BY agent
    ) AS own
    -- OFFSET as in agent_performance.sql.
    LEFT JOIN LATERAL (
        SELECT * FROM usable
        WHERE usable.agent = own.agent
          AND usable.created_at > least(own.shortest_start, own.longest_start)
          AND usable.created_at <= greatest(own.shortest_end, own.longest_end)
        OFFSET 0
    ) AS usable ON true
    GROUP BY own.agent
) AS figures ON figures.agent = result.agent
