-- How good is the training data that came in over each window? The answer for every row of agentpulse.training_quality.

WITH usable AS NOT MATERIALIZED (
    -- That created_at is there and finite follows from the window.
    SELECT
        created_at,
        safe_to_send,
        labels::text[] AS labels,
        annotator::text AS annotator,
        CASE WHEN jsonb_typeof(rubric::jsonb -> 'clarity') = 'number' THEN (rubric::jsonb ->> 'clarity')::numeric END AS clarity,
        CASE WHEN jsonb_typeof(rubric::jsonb -> 'accuracy') = 'number' THEN (rubric::jsonb ->> 'accuracy')::numeric END AS accuracy,
        CASE WHEN jsonb_typeof(rubric::jsonb -> 'tone') = 'number' THEN (rubric::jsonb ->> 'tone')::numeric END AS tone
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
    result.window_name,
    result.window_start,
    result.window_end,
    figures.feedback_count,
    figures.safe_count,
    figures.unsafe_count,
    figures.unreviewed_count,
    round(100.0 * figures.unsafe_count / nullif(figures.safe_count + figures.unsafe_count, 0), 2) AS unsafe_rate_pct,
    round(figures.avg_clarity, 2) AS avg_clarity,
    round(figures.avg_accuracy, 2) AS avg_accuracy,
    round(figures.avg_tone, 2) AS avg_tone,
    coalesce(labelled.label_counts, '{}') AS label_counts,
    figures.active_annotator_count
FROM agentpulse.training_quality AS result
CROSS JOIN LATERAL (
    SELECT
        count(*) AS feedback_count,
        count(*) FILTER (WHERE safe_to_send) AS safe_count,
        count(*) FILTER (WHERE NOT safe_to_send) AS unsafe_count,
        count(*) FILTER (WHERE safe_to_send IS NULL) AS unreviewed_count,
        avg(clarity) AS avg_clarity,
        avg(accuracy) AS avg_accuracy,
        avg(tone) AS avg_tone,
        count(DISTINCT annotator) AS active_annotator_count
    FROM usable
    WHERE usable.created_at > result.window_start
      AND usable.created_at <= result.window_end
) AS figures
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(label, label_count) AS label_counts
    FROM (
        SELECT label, count(*) AS label_count
        FROM usable
        CROSS JOIN LATERAL unnest(usable.labels) AS label
        WHERE usable.created_at > result.window_start
          AND usable.created_at <= result.window_end
          AND label IS NOT NULL
        GROUP BY label
    ) AS counted
) AS labelled
