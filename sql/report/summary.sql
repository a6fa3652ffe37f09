-- The month in figures
-- A decision counts by the time at which the row got its status. Expired approvals are decisions of nobody.
WITH decision AS (
    SELECT status::text AS status, updated_at - created_at <= ${sla} AS within_sla
      FROM ${approvals}
     WHERE status::text IN ('approved', 'rejected', 'expired') AND updated_at >= ${from} AND updated_at < ${to}
), unsafe AS (
    SELECT opened_at, resolved_at FROM agentpulse.alert_record
     WHERE rule = 'unsafe_response' AND opened_at < ${to} AND (resolved_at IS NULL OR resolved_at >= ${from})
)
SELECT figure, value FROM (
    SELECT 1 AS place, 'Approvals asked for' AS figure,
           (SELECT count(*) FROM ${approvals} WHERE created_at >= ${from} AND created_at < ${to})::text AS value
    UNION ALL SELECT 2, 'Decided', count(*)::text FROM decision
    UNION ALL SELECT 3, 'of these approved', count(*)::text FROM decision WHERE status = 'approved'
    UNION ALL SELECT 4, 'rejected', count(*)::text FROM decision WHERE status = 'rejected'
    UNION ALL SELECT 5, 'expired', count(*)::text FROM decision WHERE status = 'expired'
    UNION ALL SELECT 6, 'Decided within the agreed time', count(*)::text FROM decision WHERE within_sla
    UNION ALL SELECT 7, 'later than agreed', count(*)::text FROM decision WHERE NOT within_sla
    UNION ALL SELECT 8, 'Share within the agreed time, %',
           coalesce(round(100.0 * count(*) FILTER (WHERE within_sla) / nullif(count(*), 0), 2)::text, 'nothing decided')
      FROM decision
    UNION ALL SELECT 9, 'Asked for until the end of the month and pending now',
           (SELECT count(*) FROM ${approvals} WHERE status::text = 'pending' AND created_at < ${to})::text
    UNION ALL SELECT 10, 'Unsafe answers open in the month', count(*)::text FROM unsafe
    UNION ALL SELECT 11, 'of these not resolved yet', count(*)::text FROM unsafe WHERE resolved_at IS NULL
    UNION ALL SELECT 12, 'Longest time that one stayed, hours',
           coalesce(round(extract(epoch FROM max(coalesce(resolved_at, least(now(), ${to})) - opened_at)) / 3600, 2)::text, 'none')
      FROM unsafe
    UNION ALL SELECT 13, 'Reversed decisions are known since', coalesce(to_char(least(
           (SELECT written_at FROM agentpulse.channel_event ORDER BY seq LIMIT 1),
           (SELECT min(rejected_at) FROM agentpulse.rejected_change)),
           'YYYY-MM-DD HH24:MI "UTC"'), 'no message')
    UNION ALL SELECT 14, 'Results are complete up to', coalesce((
           SELECT to_char(min(as_of), 'YYYY-MM-DD HH24:MI:SS "UTC"') FROM agentpulse.pipeline_status), 'no tick yet')
) f ORDER BY place
