-- What did each annotator do over each window? The answer for every row of agentpulse.annotator_activity.

WITH usable AS NOT MATERIALIZED (
    -- That created_at is there and finite follows from the window.
    SELECT created_at, annotator, safe_to_send, rubric
    FROM public.agent_feedback
    WHERE id IS NOT NULL
      AND (updated_at IS NULL OR updated_at >= '0001-01-01 00:00:00+00' AND updated_at < '10000-01-01 00:00:00+00')
      AND coalesce(jsonb_typeof(rubric), 'null') IN ('null', 'object')
      AND NOT EXISTS (
          SELECT FROM (VALUES (rubric -> 'clarity'), (rubric -> 'accuracy'), (rubric -> 'tone')) AS score (value)
          WHERE CASE coalesce(jsonb_typeof(score.value), 'null')
              WHEN 'null' THEN false
              WHEN 'number' THEN abs(score.value::text::numeric) >= 1e100 OR scale(score.value::text::numeric) > 100
              ELSE true END)
      AND octet_length(id::text) <= 1000
      AND coalesce(octet_length(annotator), 0) <= 1000
      AND coalesce(octet_length(rubric::text), 0) <= 1000000
      AND coalesce(octet_length(labels::text), 0) <= 1000000
      AND NOT EXISTS (SELECT FROM unnest(labels) AS label WHERE length(label) > 1000)
)
SELECT
    result.annotator,
    result.window_name,
    figures.feedback_count,
    figures.safe_count,
    figures.unsafe_count,
    scores.avg_overall,
    figures.last_feedback_at,
    result.window_start,
    result.window_end
FROM agentpulse.annotator_activity AS result
CROSS JOIN LATERAL (
    SELECT
        count(*) AS feedback_count,
        count(*) FILTER (WHERE safe_to_send) AS safe_count,
        count(*) FILTER (WHERE NOT safe_to_send) AS unsafe_count,
        max(usable.created_at) AS last_feedback_at
    FROM usable
    WHERE usable.annotator = result.annotator
      AND usable.created_at > result.window_start
      AND usable.created_at <= result.window_end
) AS figures
CROSS JOIN LATERAL (
    SELECT round(avg(score.value::text::numeric), 2) AS avg_overall
    FROM usable
    CROSS JOIN LATERAL (VALUES (rubric -> 'clarity'), (rubric -> 'accuracy'), (rubric -> 'tone')) AS score (value)
    WHERE usable.annotator = result.annotator
      AND usable.created_at > result.window_start
      AND usable.created_at <= result.window_end
      AND score.value <> 'null'
) AS scores
