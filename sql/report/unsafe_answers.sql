-- Unsafe answers, and how long they stayed
-- By the alerts. Answers that were unsafe already when AgentPulse first started raised none.
SELECT a.opened_at AS judged_at, a.subject AS feedback_id, a.conversation_id, a.details ->> 'annotator' AS judged_by,
       a.acknowledged_by, a.acknowledged_at, a.resolved_at,
       round(extract(epoch FROM coalesce(a.resolved_at, least(now(), ${to})) - a.opened_at) / 3600, 2) AS hours_open
  FROM agentpulse.alert a
 WHERE a.rule = 'unsafe_response' AND a.opened_at < ${to} AND (a.resolved_at IS NULL OR a.resolved_at >= ${from})
 ORDER BY a.opened_at, a.alert_id
