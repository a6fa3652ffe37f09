-- How did each agent do over each of its windows? The answer for every row of agentpulse.agent_performance, by plain SQL
-- over the rows that its own window covers.
--
-- Percentiles are exact here; the result may be up to 1 % above for latencies beyond 10 s.

WITH usable AS NOT MATERIALIZED (
    -- That created_at is there and finite follows from the window.
    SELECT agent::text AS agent, created_at, latency_ms, approved, coalesce(human_edited, false) AS human_edited
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
    figures.agent,
    figures.window_name,
    figures.window_start,
    figures.window_end,
    figures.query_count,
    round(figures.latency_sum / nullif(figures.latency_count, 0), 2) AS avg_latency_ms,
    figures.max_latency_ms,
    figures.p50_latency_ms,
    figures.p95_latency_ms,
    figures.p99_latency_ms,
    figures.slow_query_count,
    figures.approved_count,
    figures.rejected_count,
    figures.unreviewed_count,
    round(100.0 * figures.approved_count / nullif(figures.reviewed_count, 0), 2) AS approval_rate_pct,
    figures.human_edited_count,
    round(100.0 * figures.human_edited_count / nullif(figures.query_count, 0), 2) AS human_edit_rate_pct,
    -- 0.5 * approval rate + 0.3 * (100 - edit rate) + 0.2 * max(0, 100 - average / 10), as one fraction over
    -- 50 * reviewed * queries * latencies: with several divisions a half could be rounded either way.
    round((2500 * figures.approved_count * figures.query_count * figures.latency_count
            + 1500 * (figures.query_count - figures.human_edited_count) * figures.reviewed_count * figures.latency_count
            + greatest(0, 1000 * figures.latency_count - figures.latency_sum)
                * figures.reviewed_count * figures.query_count)
        / nullif(50 * figures.reviewed_count * figures.query_count * figures.latency_count, 0), 2) AS quality_score
FROM (
    SELECT
        result.agent,
        result.window_name,
        result.window_start,
        result.window_end,
        -- numeric counts: the products above do not fit into bigint.
        count(usable.agent)::numeric AS query_count,
        count(usable.latency_ms)::numeric AS latency_count,
        sum(usable.latency_ms)::numeric AS latency_sum,
        max(usable.latency_ms) AS max_latency_ms,
        percentile_disc(0.50) WITHIN GROUP (ORDER BY usable.latency_ms) AS p50_latency_ms,
        percentile_disc(0.95) WITHIN GROUP (ORDER BY usable.latency_ms) AS p95_latency_ms,
        percentile_disc(0.99) WITHIN GROUP (ORDER BY usable.latency_ms) AS p99_latency_ms,
        count(*) FILTER (WHERE usable.latency_ms > 200) AS slow_query_count,
        count(*) FILTER (WHERE usable.approved)::numeric AS approved_count,
        count(*) FILTER (WHERE NOT usable.approved) AS rejected_count,
        count(usable.approved)::numeric AS reviewed_count,
        count(usable.agent) FILTER (WHERE usable.approved IS NULL) AS unreviewed_count,
        count(*) FILTER (WHERE usable.human_edited)::numeric AS human_edited_count
    FROM agentpulse.agent_performance AS result
    -- OFFSET: each row by itself, by the index on the time. The self-audit leaves it out and reads the windows of many once.
    LEFT JOIN LATERAL (
        SELECT * FROM usable
        WHERE usable.agent = result.agent
          AND usable.created_at > result.window_start
          AND usable.created_at <= result.window_end
        OFFSET 0
    ) AS usable ON true
    GROUP BY result.agent, result.window_name
) AS figures
