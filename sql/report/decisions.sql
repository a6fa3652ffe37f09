-- Who decided what, and when
-- As the table of approvals has it now: a decision that was changed shows its last state.
SELECT updated_at AS decided_at, id::text AS approval_id, conversation_id::text AS conversation_id, status::text AS decision,
       approved_by::text AS decided_by, created_at AS asked_at,
       round(extract(epoch FROM updated_at - created_at), 2) AS waited_seconds,
       CASE WHEN updated_at - created_at <= ${sla} THEN 'yes' ELSE 'no' END AS within_agreed_time
  FROM ${approvals}
 WHERE status::text IN ('approved', 'rejected', 'expired') AND updated_at >= ${from} AND updated_at < ${to}
 ORDER BY updated_at, id::text
