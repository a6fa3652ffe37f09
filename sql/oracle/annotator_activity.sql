-- What did each annotator do over each window? The answer for every row of agentpulse.annotator_activity.

WITH usable AS NOT MATERIALIZED (
    -- That created_at is there and finite follows from the window.
    SELECT created_at, annotator::text AS annotator, safe_to_send, rubric::jsonb AS rubric
    FROM public.agent_feedback
    WHERE id IS NOT NULL
      AND (updated_at IS NULL OR updated_at >= '0001-01-01 00:00:00+00' AND updated_at < '10000-01-01 00:00:00+00')
      AND coalesce(jsonb_typeof(rubric::jsonb), 'null') IN ('null', 'object')
      AND NOT EXISTS (
          SELECT FROM (VALUES (rubric::jsonb -> 'clarity'), (rubric::jsonb -> 'accuracy'), (rubric::jsonb -> 'tone'))
              AS score (value)
          WHERE CASE coalesce(jsonb_typeof(score.value), 'null')
              WHEN 'null' THEN false
              WHEN 'number' THEN abs(score.value::text::numeric) >= 1e100 OR scale(score.value::text::numeric) > 100
              ELSE true END)
      AND octet_length(id::text) <= 1000
      AND coalesce(octet_length(annotator::text), 0) <= 1000
      AND coalesce(octet_length(rubric::text), 0) <= 1000000
      AND coalesce(octet_length(labels::text), 0) <= 10000
      AND coalesce(cardinality(labels), 0) <= 100
      AND NOT EXISTS (SELECT FROM unnest(labels::text[]) AS label WHERE length(label) > 1000)
)
SELECT
    result.annotator,
    result.window_name,
    count(usable.annotator) AS feedback_count,
    count(*) FILTER (WHERE usable.safe_to_send) AS safe_count,
    count(*) FILTER (WHERE NOT usable.safe_to_send) AS unsafe_count,
    round(sum(scores.total) / nullif(sum(scores.given), 0), 2) AS avg_overall,
    max(usable.created_at) AS last_feedback_at,
    result.window_start,
    result.window_end
FROM agentpulse.annotator_activity AS result
-- OFFSET as in agent_performance.sql.
LEFT JOIN LATERAL (
    SELECT * FROM usable
    WHERE usable.annotator = result.annotator
      AND usable.created_at > result.window_start
      AND usable.created_at <= result.window_end
    OFFSET 0
) AS usable ON true
LEFT JOIN LATERAL (
    SELECT sum(score.value::text::numeric) AS total, count(*) AS given
    FROM (VALUES (usable.rubric -> 'clarity'), (usable.rubric -> 'accuracy'), (usable.rubric -> 'tone')) AS score (value)
    WHERE score.value <> 'null'
) AS scores ON true
GROUP BY result.annotator, result.window_name
