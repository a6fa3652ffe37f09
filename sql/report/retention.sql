-- How long data is kept
-- Upper bound: what is older than it is to be kept should be gone (storage limitation, Art. 5(1)(e) GDPR). Lower bound: who deploys a high-risk system keeps its logs for six months at least (Art. 26(6) of Regulation (EU) 2024/1689); whether yours is one is for you to say. Your own tables are yours to keep: only their oldest row is shown.
WITH run AS (
    SELECT l.subject AS relation, (l.details ->> 'day')::date AS day, (l.details ->> 'kept_seconds')::bigint AS kept_seconds,
           (l.details ->> 'runs')::bigint AS runs, (l.details ->> 'removed_rows')::bigint AS removed_rows
      FROM agentpulse.audit_log l WHERE l.action = 'retention'
    UNION ALL
    SELECT r.relation, r.day, r.kept_seconds, r.runs, r.removed_rows FROM agentpulse.retention_run r
), of_month AS (
    SELECT relation, (array_agg(kept_seconds ORDER BY day DESC))[1] AS kept_seconds, count(DISTINCT day) AS days,
           sum(runs) AS runs, sum(removed_rows) AS removed_rows
      FROM run WHERE day >= (${from})::date AND day < (${to})::date GROUP BY relation
), oldest AS (
    SELECT 'channel_event' AS relation, (SELECT written_at FROM agentpulse.channel_event ORDER BY seq LIMIT 1) AS at
    UNION ALL SELECT 'alert_record', min(resolved_at) FROM agentpulse.alert_record WHERE resolved_at IS NOT NULL
    UNION ALL SELECT 'rejected_change', min(rejected_at) FROM agentpulse.rejected_change
    UNION ALL SELECT 'agent_performance_history ' || bucket, min(bucket_end) FROM agentpulse.agent_performance_history
               GROUP BY bucket
    UNION ALL SELECT 'approval_history ' || bucket, min(bucket_end) FROM agentpulse.approval_history GROUP BY bucket
    UNION ALL SELECT 'training_history ' || bucket, min(bucket_end) FROM agentpulse.training_history GROUP BY bucket
    UNION ALL SELECT ${queries_name}, min(created_at) FROM ${queries}
    UNION ALL SELECT ${approvals_name}, min(created_at) FROM ${approvals}
    UNION ALL SELECT ${feedback_name}, min(created_at) FROM ${feedback}
    UNION ALL SELECT 'audit_log', min(at) FROM agentpulse.audit_log
)
SELECT relation,
       CASE WHEN relation = 'audit_log' OR m.kept_seconds = 0 THEN 'for ever'
            WHEN m.kept_seconds IS NULL THEN 'no run in the month'
            ELSE round(m.kept_seconds / 86400.0, 2) || ' days' END AS kept,
       m.days AS days_with_runs, (least((now() AT TIME ZONE 'UTC')::date + 1, (${to})::date) - (${from})::date) AS days_of_month,
       m.runs, m.removed_rows, o.at AS oldest_row,
       CASE WHEN m.kept_seconds > 0 AND o.at IS NOT NULL
            THEN CASE WHEN o.at < now() - make_interval(secs => m.kept_seconds) - interval '1 day' THEN 'NO' ELSE 'yes' END
       END AS upper_bound_kept,
       CASE WHEN relation = 'audit_log' OR m.kept_seconds = 0 OR m.kept_seconds >= 184 * 86400 THEN 'yes'
            WHEN m.kept_seconds IS NOT NULL THEN 'NO' END AS six_months_kept
  FROM of_month m FULL JOIN oldest o USING (relation)
 ORDER BY relation
