-- Approved answers that a reviewer judged unsafe
-- An approval and feedback belong together by their conversation.
SELECT p.updated_at AS approved_at, p.id::text AS approval_id, p.conversation_id::text AS conversation_id,
       p.approved_by::text AS approved_by, f.id::text AS feedback_id, f.annotator::text AS judged_by, f.updated_at AS judged_at
  FROM ${approvals} p JOIN ${feedback} f ON f.conversation_id::text = p.conversation_id::text
 WHERE p.status::text = 'approved' AND p.updated_at >= ${from} AND p.updated_at < ${to} AND f.safe_to_send IS FALSE
 ORDER BY p.updated_at, p.id::text, f.id::text
