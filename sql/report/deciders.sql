-- Decisions by person
-- Waiting times in seconds.
SELECT coalesce(approved_by::text, '(nobody named)') AS decided_by, count(*) AS decided,
       count(*) FILTER (WHERE status::text = 'approved') AS approved,
       count(*) FILTER (WHERE status::text = 'rejected') AS rejected,
       count(*) FILTER (WHERE status::text = 'expired') AS expired,
       count(*) FILTER (WHERE updated_at - created_at <= ${sla}) AS within_agreed_time,
       round((percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM updated_at - created_at)))::numeric, 2) AS median_wait,
       round(max(extract(epoch FROM updated_at - created_at)), 2) AS longest_wait
  FROM ${approvals}
 WHERE status::text IN ('approved', 'rejected', 'expired') AND updated_at >= ${from} AND updated_at < ${to}
 GROUP BY 1 ORDER BY 2 DESC, 1
