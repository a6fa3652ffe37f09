-- What feedback came in in each minute, quarter of an hour, hour and day that has ended? The answer for every bucket from
-- which on history is complete, by plain SQL over the source rows; see agent_performance_history.sql.

WITH usable AS MATERIALIZED (
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
      AND created_at >= '0001-01-01 00:00:00+00' AND created_at < '10000-01-01 00:00:00+00'
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
),
ended AS (
    SELECT length.bucket, length.duration, reach.complete_from, reach.incomplete_start, (SELECT min(as_of) FROM agentpulse.pipeline_status) AS as_of
    FROM (VALUES ('1m', interval '1 minute'), ('15m', interval '15 minutes'), ('1h', interval '1 hour'),
            ('1d', interval '24 hours')) AS length (bucket, duration)
    JOIN agentpulse.history_reach AS reach
        ON reach.history_table = 'training_history' AND reach.bucket = length.bucket
),
placed AS MATERIALIZED (
    SELECT ended.bucket, usable.*,
           date_bin(ended.duration, usable.created_at, timestamptz '0001-01-01 00:00:00+00') AS bucket_start
    FROM usable
    JOIN ended ON date_bin(ended.duration, created_at, timestamptz '0001-01-01 00:00:00+00') >= ended.complete_from
        AND date_bin(ended.duration, created_at, timestamptz '0001-01-01 00:00:00+00')
            IS DISTINCT FROM ended.incomplete_start
        AND date_bin(ended.duration, created_at, timestamptz '0001-01-01 00:00:00+00') + ended.duration <= ended.as_of
),
figures AS (
    SELECT
        bucket,
        bucket_start,
        count(*) AS feedback_count,
        count(*) FILTER (WHERE safe_to_send) AS safe_count,
        count(*) FILTER (WHERE NOT safe_to_send) AS unsafe_count,
        count(*) FILTER (WHERE safe_to_send IS NULL) AS unreviewed_count,
        count(clarity) AS clarity_count,
        count(accuracy) AS accuracy_count,
        count(tone) AS tone_count,
        coalesce(sum(clarity), 0) AS clarity_sum,
        coalesce(sum(accuracy), 0) AS accuracy_sum,
        coalesce(sum(tone), 0) AS tone_sum,
        array_agg(annotator ORDER BY annotator COLLATE "C") FILTER (WHERE annotator IS NOT NULL) AS all_annotators,
        count(DISTINCT annotator) AS active_annotator_count
    FROM placed
    GROUP BY bucket, bucket_start
),
labelled AS (
    SELECT bucket, bucket_start, array_agg(label ORDER BY label COLLATE "C") AS all_labels
    FROM placed, unnest(labels) AS label
    WHERE label IS NOT NULL
    GROUP BY bucket, bucket_start
)
SELECT
    'all' AS dataset,
    bucket,
    bucket_start,
    feedback_count,
    safe_count,
    unsafe_count,
    unreviewed_count,
    round(100.0 * unsafe_count / nullif(safe_count + unsafe_count, 0), 2) AS unsafe_rate_pct,
    clarity_count,
    accuracy_count,
    tone_count,
    clarity_sum,
    accuracy_sum,
    tone_sum,
    round(clarity_sum / nullif(clarity_count, 0), 2) AS avg_clarity,
    round(accuracy_sum / nullif(accuracy_count, 0), 2) AS avg_accuracy,
    round(tone_sum / nullif(tone_count, 0), 2) AS avg_tone,
    all_labels,
    all_annotators,
    active_annotator_count
FROM figures LEFT JOIN labelled USING (bucket, bucket_start)
