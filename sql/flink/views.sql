-- Decided approvals only: what the activity figures count.
CREATE TEMPORARY VIEW decided_approvals AS
SELECT id, conversation_id, status, created_at, updated_at
FROM agent_approvals
WHERE status IN ('approved', 'rejected', 'expired') AND updated_at IS NOT NULL;

-- Feedback with the numbers of its rubric as columns; null where the rubric has none.
CREATE TEMPORARY VIEW scored_feedback AS
SELECT
  id,
  safe_to_send,
  labels,
  annotator,
  created_at,
  CAST(JSON_VALUE(rubric, '$.clarity') AS DECIMAL(18, 6)) AS clarity,
  CAST(JSON_VALUE(rubric, '$.accuracy') AS DECIMAL(18, 6)) AS accuracy,
  CAST(JSON_VALUE(rubric, '$.tone') AS DECIMAL(18, 6)) AS tone
FROM agent_feedback;
