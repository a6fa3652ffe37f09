-- How were approvals decided, how long did it take, and was that within five minutes?
-- Illustrates: percentiles of a time between two columns; an approval set back to pending drops out again.
-- Window: none. (A decision's time is updated_at; the tables' event time, which windows need, is created_at.)
SELECT
  COUNT(*) AS decided_count,
  COUNT(*) FILTER (WHERE status = 'approved') AS approved_count,
  COUNT(*) FILTER (WHERE status = 'rejected') AS rejected_count,
  COUNT(*) FILTER (WHERE status = 'expired') AS expired_count,
  RATE_PCT(COUNT(*) FILTER (WHERE status = 'approved'), COUNT(*)) AS approval_rate_pct,
  RESOLUTION_PERCENTILE(created_at, updated_at, 50) AS p50_resolution_seconds,
  RESOLUTION_PERCENTILE(created_at, updated_at, 95) AS p95_resolution_seconds,
  RATE_PCT(COUNT(*) FILTER (WHERE updated_at <= created_at + INTERVAL '5' MINUTE), COUNT(*)) AS sla_compliance_pct
FROM decided_approvals;
