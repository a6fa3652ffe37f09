-- The audit log of the month
-- Acknowledgements, retention by table and day, erasures, exports. What the whole log is worth stands at the top.
SELECT seq, at, actor, login, action, subject, details::text AS details
  FROM agentpulse.audit_log WHERE at >= ${from} AND at < ${to} ORDER BY seq
