-- The audit log of the month
-- Acknowledgements, notes, capacities, retention by table and day, erasures, exports, sign-ins. What the whole log is worth stands at the top.
SELECT seq, at, actor, login, action, subject, details::text AS details
  FROM agentpulse.audit_log WHERE at >= ${from} AND at < ${to} ORDER BY seq
