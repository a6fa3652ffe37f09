-- Approvals that waited longer than agreed
-- By the alerts, which are kept for a time after they are resolved (see retention).
SELECT a.opened_at AS breached_at, a.subject AS approval_id, a.conversation_id, a.severity AS worst, a.acknowledged_by,
       a.acknowledged_at, a.resolved_at AS decided_at,
       round(extract(epoch FROM coalesce(a.resolved_at, least(now(), ${to})) - a.opened_at) / 60, 2) AS minutes_over
  FROM agentpulse.alert a
 WHERE a.rule = 'approval_sla_breach' AND a.opened_at < ${to} AND (a.resolved_at IS NULL OR a.resolved_at >= ${from})
 ORDER BY a.opened_at, a.alert_id
