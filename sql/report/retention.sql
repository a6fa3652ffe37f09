-- How long data is kept
-- Upper bound: what is older than it is to be kept should be gone (storage limitation, Art. 5(1)(e) GDPR). Lower bound: who deploys a high-risk system keeps its logs for six months at least (Art. 26(6) of Regulation (EU) 2024/1689); whether yours is one is for you to say. Runs are those of the month. Rows beyond are those that are older than they are to be kept when the report is made, as of the newest run: they go with the next one, unless held says why they stay; of idle rows those whose agent or annotator has had nothing in any window for so long. Your own tables are yours to keep: only their oldest row is shown.
-- Of large tables only what is beyond is read, by the indexes that retention itself uses.
WITH run AS (
    SELECT l.subject AS relation, (l.details ->> 'day')::date AS day, (l.details ->> 'kept_seconds')::bigint AS kept_seconds,
           (l.details ->> 'runs')::bigint AS runs, (l.details ->> 'removed_rows')::bigint AS removed_rows,
           (l.details ->> 'last_run_at')::timestamptz AS last_run_at, l.details ->> 'held' AS held
      FROM agentpulse.audit_log l WHERE l.action = 'retention'
    UNION ALL
    SELECT r.relation, r.day, r.kept_seconds, r.runs, r.removed_rows, r.last_run_at, r.held FROM agentpulse.retention_run r
), of_month AS (
    SELECT relation, (array_agg(kept_seconds ORDER BY day DESC))[1] AS kept_seconds, count(DISTINCT day) AS days,
           sum(runs) AS runs, sum(removed_rows) AS removed_rows
      FROM run WHERE day >= (${from})::date AND day < (${to})::date GROUP BY relation
), newest AS (
    SELECT DISTINCT ON (relation) relation, kept_seconds, last_run_at, held, relation LIKE '%\_history %' AS of_history
      FROM run ORDER BY relation, day DESC
), policy AS (
    SELECT relation, kept_seconds, held,
           -- History is kept by whole days of the log's time.
           CASE WHEN kept_seconds = 0 THEN '-infinity'
                WHEN of_history THEN date_trunc('day', (SELECT min(s.as_of) FROM agentpulse.pipeline_status s)
                    - make_interval(secs => kept_seconds), 'UTC')
                ELSE now() - make_interval(secs => kept_seconds) END AS kept_from,
           -- How often the job looks, and a run that removes nothing is written down a minute later at most.
           last_run_at + interval '1 minute' + CASE WHEN relation LIKE '% idle' THEN interval '1 hour'
                WHEN of_history THEN interval '1 minute' ELSE interval '10 seconds' END AS due
      FROM newest
), bucket AS (
    SELECT * FROM (VALUES ('1m'), ('15m'), ('1h'), ('1d')) AS l (length)
), oldest AS (
    -- Messages have no index on their time, but numbers that ascend with it.
    SELECT 'channel_event' AS relation, (SELECT written_at FROM agentpulse.channel_event ORDER BY seq LIMIT 1) AS at,
           (SELECT count(*) FROM agentpulse.channel_event m WHERE m.seq < coalesce((
               SELECT n.seq FROM agentpulse.channel_event n
                WHERE n.written_at >= coalesce((SELECT kept_from FROM policy WHERE relation = 'channel_event'), '-infinity')
                ORDER BY n.seq LIMIT 1), 9223372036854775807)) AS beyond
    UNION ALL
    SELECT 'alert_record', (SELECT min(resolved_at) FROM agentpulse.alert_record WHERE resolved_at IS NOT NULL),
           (SELECT count(*) FROM agentpulse.alert_record
             WHERE resolved_at < (SELECT kept_from FROM policy WHERE relation = 'alert_record'))
    UNION ALL
    SELECT 'rejected_change', (SELECT min(rejected_at) FROM agentpulse.rejected_change),
           (SELECT count(*) FROM agentpulse.rejected_change
             WHERE rejected_at < (SELECT kept_from FROM policy WHERE relation = 'rejected_change'))
    UNION ALL
    SELECT 'audit_result', (SELECT min(run_at) FROM agentpulse.audit_result),
           (SELECT count(*) FROM agentpulse.audit_result
             WHERE run_at < (SELECT kept_from FROM policy WHERE relation = 'audit_result'))
    UNION ALL
    SELECT 'audit_proof', (SELECT min(run_at) FROM agentpulse.audit_proof),
           (SELECT count(*) FROM agentpulse.audit_proof
             WHERE run_at < (SELECT kept_from FROM policy WHERE relation = 'audit_proof'))
    UNION ALL
    SELECT 'data_quality_daily', (SELECT min(day)::timestamp AT TIME ZONE 'UTC' FROM agentpulse.data_quality_daily),
           (SELECT count(*) FROM agentpulse.data_quality_daily
             WHERE day < (SELECT (kept_from AT TIME ZONE 'UTC')::date FROM policy WHERE relation = 'data_quality_daily'))
    UNION ALL
    SELECT 'annotator_agreement', (SELECT min(as_of) FROM agentpulse.annotator_agreement),
           (SELECT count(*) FROM agentpulse.annotator_agreement
             WHERE as_of < (SELECT kept_from FROM policy WHERE relation = 'annotator_agreement'))
    UNION ALL
    SELECT 'agent_performance idle', min(quiet.since),
           coalesce(sum(quiet.n) FILTER (
               WHERE quiet.since <= (SELECT kept_from FROM policy WHERE relation = 'agent_performance idle')), 0)::bigint
      FROM (SELECT max(p.window_end) AS since, count(*) AS n
              FROM agentpulse.agent_health h JOIN agentpulse.agent_performance p ON p.agent = h.agent
             WHERE h.health_status = 'idle' GROUP BY h.agent HAVING sum(p.query_count) = 0) quiet
    UNION ALL
    SELECT 'annotator_activity idle', min(quiet.since),
           coalesce(sum(quiet.n) FILTER (
               WHERE quiet.since <= (SELECT kept_from FROM policy WHERE relation = 'annotator_activity idle')), 0)::bigint
      FROM (SELECT max(window_end) AS since, count(*) AS n
              FROM agentpulse.annotator_activity GROUP BY annotator HAVING sum(feedback_count) = 0) quiet
    UNION ALL
    SELECT 'agent_performance_history ' || b.length,
           (SELECT h.bucket_end FROM agentpulse.agent_performance_history h WHERE h.bucket = b.length
             ORDER BY h.bucket_start LIMIT 1),
           (SELECT count(*) FROM agentpulse.agent_performance_history h
             WHERE h.bucket = b.length AND h.bucket_start < p.kept_from)
      FROM bucket b LEFT JOIN policy p ON p.relation = 'agent_performance_history ' || b.length
    UNION ALL
    SELECT 'approval_history ' || b.length,
           (SELECT h.bucket_end FROM agentpulse.approval_history h WHERE h.bucket = b.length
             ORDER BY h.bucket_start LIMIT 1),
           (SELECT count(*) FROM agentpulse.approval_history h
             WHERE h.bucket = b.length AND h.bucket_start < p.kept_from)
      FROM bucket b LEFT JOIN policy p ON p.relation = 'approval_history ' || b.length
    UNION ALL
    SELECT 'training_history ' || b.length,
           (SELECT h.bucket_end FROM agentpulse.training_history h WHERE h.bucket = b.length
             ORDER BY h.bucket_start LIMIT 1),
           (SELECT count(*) FROM agentpulse.training_history h
             WHERE h.bucket = b.length AND h.bucket_start < p.kept_from)
      FROM bucket b LEFT JOIN policy p ON p.relation = 'training_history ' || b.length
    UNION ALL SELECT ${queries_name}, min(created_at), NULL FROM ${queries}
    UNION ALL SELECT ${approvals_name}, min(created_at), NULL FROM ${approvals}
    UNION ALL SELECT ${feedback_name}, min(created_at), NULL FROM ${feedback}
    UNION ALL SELECT 'audit_log', min(at), NULL FROM agentpulse.audit_log
)
SELECT relation,
       CASE WHEN relation IN (${queries_name}, ${approvals_name}, ${feedback_name}) THEN 'by you'
            WHEN relation = 'audit_log' OR m.kept_seconds = 0 THEN 'for ever'
            WHEN m.kept_seconds IS NULL THEN 'no run in the month'
            ELSE round(m.kept_seconds / 86400.0, 2) || ' days' END AS kept,
       m.days AS days_with_runs, (least((now() AT TIME ZONE 'UTC')::date + 1, (${to})::date) - (${from})::date) AS days_of_month,
       m.runs, m.removed_rows, o.at AS oldest_row,
       CASE WHEN p.kept_seconds IS NOT NULL THEN o.beyond END AS rows_beyond_policy, p.held,
       CASE WHEN relation = 'audit_log' OR p.kept_seconds = 0 THEN 'none'
            ELSE CASE WHEN p.due < now() THEN 'overdue since ' ELSE 'by ' END
                || to_char(p.due AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') END AS next_run,
       CASE WHEN p.kept_seconds > 0 AND o.at IS NOT NULL
            THEN CASE WHEN o.at < now() - make_interval(secs => p.kept_seconds) - interval '1 day' THEN 'NO' ELSE 'yes' END
       END AS upper_bound_kept,
       CASE WHEN relation = 'audit_log' OR m.kept_seconds = 0 OR m.kept_seconds >= 184 * 86400 THEN 'yes'
            WHEN m.kept_seconds IS NOT NULL THEN 'NO' END AS six_months_kept
  FROM of_month m FULL JOIN oldest o USING (relation) LEFT JOIN policy p USING (relation)
 ORDER BY relation
