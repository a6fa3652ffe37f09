-- What was requested and what was decided over each window? The answer for every row of agentpulse.approval_activity.
--
-- Percentiles are exact here; the result may be up to 1 % above for resolutions beyond one hour.

WITH usable AS NOT MATERIALIZED (
    SELECT
        status::text AS status,
        created_at,
        CASE WHEN status::text <> 'pending' THEN updated_at END AS decided_at,
        CASE WHEN status::text <> 'pending' THEN extract(epoch FROM updated_at - created_at) END AS resolution_seconds
    FROM public.agent_approvals
    WHERE id IS NOT NULL
      AND octet_length(id::text) <= 1000
      -- An infinite time lies outside, too.
      AND created_at >= '0001-01-01 00:00:00+00' AND created_at < '10000-01-01 00:00:00+00'
      AND (updated_at IS NULL OR updated_at >= '0001-01-01 00:00:00+00' AND updated_at < '10000-01-01 00:00:00+00')
      AND (status::text = 'pending' OR status::text IN ('approved', 'rejected', 'expired') AND updated_at IS NOT NULL)
)
SELECT
    result.window_name,
    result.window_start,
    result.window_end,
    requested.requested_count,
    decided.approved_count,
    decided.rejected_count,
    decided.expired_count,
    decided.decided_count,
    round(100.0 * decided.approved_count / nullif(decided.decided_count, 0), 2) AS approval_rate_pct,
    round(decided.avg_seconds, 2) AS avg_resolution_seconds,
    round(decided.p50_seconds, 2) AS p50_resolution_seconds,
    round(decided.p95_seconds, 2) AS p95_resolution_seconds,
    decided.within_sla_count,
    round(100.0 * decided.within_sla_count / nullif(decided.decided_count, 0), 2) AS sla_compliance_pct
FROM agentpulse.approval_activity AS result
CROSS JOIN LATERAL (
    SELECT count(*) AS requested_count
    FROM usable
    WHERE usable.created_at > result.window_start
      AND usable.created_at <= result.window_end
) AS requested
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE status = 'approved') AS approved_count,
        count(*) FILTER (WHERE status = 'rejected') AS rejected_count,
        count(*) FILTER (WHERE status = 'expired') AS expired_count,
        count(*) AS decided_count,
        avg(resolution_seconds) AS avg_seconds,
        percentile_disc(0.50) WITHIN GROUP (ORDER BY resolution_seconds) AS p50_seconds,
        percentile_disc(0.95) WITHIN GROUP (ORDER BY resolution_seconds) AS p95_seconds,
        count(*) FILTER (WHERE resolution_seconds <= 300) AS within_sla_count
    FROM usable
    WHERE usable.decided_at > result.window_start
      AND usable.decided_at <= result.window_end
) AS decided
