-- How many approvals were requested and decided in each minute, quarter of an hour, hour and day that has ended? The answer
-- for every bucket from which on history is complete, by plain SQL over the source rows; see agent_performance_history.sql.
-- An approval is in a bucket once by the time it was created, and once more, when it is decided, by the time of that.

WITH usable AS MATERIALIZED (
    SELECT
        status::text AS status,
        created_at,
        CASE WHEN status::text <> 'pending' THEN updated_at END AS decided_at,
        CASE WHEN status::text <> 'pending' THEN extract(epoch FROM updated_at - created_at) END AS resolution_seconds
    FROM public.agent_approvals
    WHERE id IS NOT NULL
      AND octet_length(id::text) <= 1000
      AND created_at >= '0001-01-01 00:00:00+00' AND created_at < '10000-01-01 00:00:00+00'
      AND (updated_at IS NULL OR updated_at >= '0001-01-01 00:00:00+00' AND updated_at < '10000-01-01 00:00:00+00')
      AND (status::text = 'pending' OR status::text IN ('approved', 'rejected', 'expired') AND updated_at IS NOT NULL)
),
happened AS (
    SELECT created_at AS happened_at, true AS requested, status = 'pending' AS pending,
           NULL AS decision, NULL::numeric AS resolution_seconds
    FROM usable
    UNION ALL
    SELECT decided_at, false, false, status, resolution_seconds FROM usable WHERE decided_at IS NOT NULL
),
-- Hundredths of a second, rounded up and within what an integer holds.
rounded AS (
    SELECT happened.*,
           CASE WHEN NOT requested
               THEN greatest(-2147483648, least(2147483647, ceil(resolution_seconds * 100)))::integer END AS hundredths
    FROM happened
),
reported AS (
    SELECT rounded.*,
        -- Beyond an hour as the upper end of its bin, of which there are 128 to each power of two.
        (CASE WHEN hundredths <= 360000 THEN hundredths
            ELSE (((hundredths::bigint >> (25 - strpos(hundredths::bit(32)::text, '1'))) + 1)
                << (25 - strpos(hundredths::bit(32)::text, '1'))) - 1
            END)::integer AS reported_hundredths
    FROM rounded
),
ended AS (
    SELECT length.bucket, length.duration, reach.complete_from, reach.incomplete_start, (SELECT min(as_of) FROM agentpulse.pipeline_status) AS as_of
    FROM (VALUES ('1m', interval '1 minute'), ('15m', interval '15 minutes'), ('1h', interval '1 hour'),
            ('1d', interval '24 hours')) AS length (bucket, duration)
    JOIN agentpulse.history_reach AS reach
        ON reach.history_table = 'approval_history' AND reach.bucket = length.bucket
),
figures AS (
    SELECT
        ended.bucket,
        date_bin(ended.duration, reported.happened_at, timestamptz '0001-01-01 00:00:00+00') AS bucket_start,
        count(*) FILTER (WHERE requested) AS requested_count,
        count(*) FILTER (WHERE pending) AS pending_count,
        count(*) FILTER (WHERE decision = 'approved') AS approved_count,
        count(*) FILTER (WHERE decision = 'rejected') AS rejected_count,
        count(*) FILTER (WHERE decision = 'expired') AS expired_count,
        count(decision) AS decided_count,
        coalesce(sum(resolution_seconds), 0) AS resolution_sum_seconds,
        avg(resolution_seconds) AS avg_seconds,
        array_agg(reported_hundredths ORDER BY reported_hundredths) FILTER (WHERE NOT requested) AS resolutions,
        max(reported_hundredths) AS max_hundredths,
        percentile_disc(0.50) WITHIN GROUP (ORDER BY reported_hundredths) AS p50_hundredths,
        percentile_disc(0.95) WITHIN GROUP (ORDER BY reported_hundredths) AS p95_hundredths,
        count(*) FILTER (WHERE resolution_seconds <= 300) AS within_sla_count
    FROM reported
    JOIN ended ON date_bin(ended.duration, happened_at, timestamptz '0001-01-01 00:00:00+00') >= ended.complete_from
        AND date_bin(ended.duration, happened_at, timestamptz '0001-01-01 00:00:00+00')
            IS DISTINCT FROM ended.incomplete_start
        AND date_bin(ended.duration, happened_at, timestamptz '0001-01-01 00:00:00+00') + ended.duration <= ended.as_of
    GROUP BY ended.bucket, bucket_start
)
SELECT
    'all' AS queue,
    bucket,
    bucket_start,
    requested_count,
    pending_count,
    approved_count,
    rejected_count,
    expired_count,
    decided_count,
    resolution_sum_seconds,
    resolutions,
    round(avg_seconds, 2) AS avg_resolution_seconds,
    round(max_hundredths / 100.0, 2) AS max_resolution_seconds,
    round(p50_hundredths / 100.0, 2) AS p50_resolution_seconds,
    round(p95_hundredths / 100.0, 2) AS p95_resolution_seconds,
    within_sla_count,
    decided_count - within_sla_count AS breached_count,
    round(100.0 * approved_count / nullif(decided_count, 0), 2) AS approval_rate_pct,
    round(100.0 * within_sla_count / nullif(decided_count, 0), 2) AS sla_compliance_pct
FROM figures
