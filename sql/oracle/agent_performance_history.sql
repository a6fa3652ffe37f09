-- What did each agent do in each minute, quarter of an hour, hour and day that has ended? The answer for every bucket from
-- which on history is complete, by plain SQL over the source rows: a row that is missing shows, and so does one too many.
--
-- Rows that were purged from the source table are in history and not here; where there are none (purged_rows is 0, and no
-- TRUNCATE came), both are equal. Buckets whose queries are all gone have a row of zeros there and none here.

WITH usable AS MATERIALIZED (
    SELECT
        agent::text AS agent,
        created_at,
        latency_ms,
        -- Beyond 10 s a latency counts as the upper end of its bin, of which there are 128 to each power of two.
        (CASE WHEN latency_ms BETWEEN 0 AND 10000 THEN latency_ms
            WHEN latency_ms BETWEEN 10001 AND 2147483647 THEN
                (((latency_ms::bigint >> (25 - strpos(latency_ms::integer::bit(32)::text, '1'))) + 1)
                    << (25 - strpos(latency_ms::integer::bit(32)::text, '1'))) - 1
            END)::integer AS reported_ms,
        approved,
        coalesce(human_edited, false) AS human_edited
    FROM public.agent_queries
    WHERE id IS NOT NULL
      AND agent IS NOT NULL
      AND created_at >= '0001-01-01 00:00:00+00' AND created_at < '10000-01-01 00:00:00+00'
      AND octet_length(id::text) <= 1000
      AND octet_length(agent::text) <= 1000
      AND (latency_ms IS NULL
          OR latency_ms BETWEEN 0 AND 2147483647 AND latency_ms = trunc(latency_ms)
              AND octet_length(latency_ms::text) <= 1000)
),
ended AS (
    SELECT length.bucket, length.duration, reach.complete_from, reach.incomplete_start, (SELECT min(as_of) FROM agentpulse.pipeline_status) AS as_of
    FROM (VALUES ('1m', interval '1 minute'), ('15m', interval '15 minutes'), ('1h', interval '1 hour'),
            ('1d', interval '24 hours')) AS length (bucket, duration)
    JOIN agentpulse.history_reach AS reach
        ON reach.history_table = 'agent_performance_history' AND reach.bucket = length.bucket
),
figures AS (
    SELECT
        usable.agent,
        ended.bucket,
        date_bin(ended.duration, usable.created_at, timestamptz '0001-01-01 00:00:00+00') AS bucket_start,
        -- numeric counts: the products below do not fit into bigint.
        count(*)::numeric AS query_count,
        count(latency_ms)::numeric AS latency_count,
        coalesce(sum(latency_ms), 0)::numeric AS latency_sum,
        max(reported_ms) AS max_latency_ms,
        percentile_disc(0.50) WITHIN GROUP (ORDER BY reported_ms) AS p50_latency_ms,
        percentile_disc(0.95) WITHIN GROUP (ORDER BY reported_ms) AS p95_latency_ms,
        percentile_disc(0.99) WITHIN GROUP (ORDER BY reported_ms) AS p99_latency_ms,
        array_agg(reported_ms ORDER BY reported_ms) FILTER (WHERE latency_ms IS NOT NULL) AS latencies,
        count(*) FILTER (WHERE latency_ms > 200) AS slow_query_count,
        count(*) FILTER (WHERE approved)::numeric AS approved_count,
        count(*) FILTER (WHERE NOT approved) AS rejected_count,
        count(approved)::numeric AS reviewed_count,
        count(*) FILTER (WHERE approved IS NULL) AS unreviewed_count,
        count(*) FILTER (WHERE human_edited)::numeric AS human_edited_count
    FROM usable
    JOIN ended ON date_bin(ended.duration, usable.created_at, timestamptz '0001-01-01 00:00:00+00') >= ended.complete_from
        AND date_bin(ended.duration, usable.created_at, timestamptz '0001-01-01 00:00:00+00')
            IS DISTINCT FROM ended.incomplete_start
        AND date_bin(ended.duration, usable.created_at, timestamptz '0001-01-01 00:00:00+00') + ended.duration <= ended.as_of
    GROUP BY usable.agent, ended.bucket, bucket_start
)
SELECT
    agent,
    bucket,
    bucket_start,
    query_count,
    latency_count,
    latency_sum AS latency_sum_ms,
    latencies,
    round(latency_sum / nullif(latency_count, 0), 2) AS avg_latency_ms,
    max_latency_ms,
    p50_latency_ms,
    p95_latency_ms,
    p99_latency_ms,
    slow_query_count,
    approved_count,
    rejected_count,
    unreviewed_count,
    round(100.0 * approved_count / nullif(reviewed_count, 0), 2) AS approval_rate_pct,
    human_edited_count,
    round(100.0 * human_edited_count / nullif(query_count, 0), 2) AS human_edit_rate_pct,
    -- As in agent_performance.sql.
    round((2500 * approved_count * query_count * latency_count
            + 1500 * (query_count - human_edited_count) * reviewed_count * latency_count
            + greatest(0, 1000 * latency_count - latency_sum) * reviewed_count * query_count)
        / nullif(50 * reviewed_count * query_count * latency_count, 0), 2) AS quality_score
FROM figures
