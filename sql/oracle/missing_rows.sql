-- Which agents and annotators have something in a window, yet no row for it? Nothing, when all is well: the other files
-- start from the result rows, so a row that was never written would escape them. For the windows of the default
-- configuration, at the time up to which results are complete.

WITH complete AS (
    SELECT min(as_of) AS as_of FROM agentpulse.pipeline_status
)
SELECT 'agent_performance' AS result_table, query.agent::text AS key, win.window_name
FROM complete
CROSS JOIN (VALUES ('1m', interval '1 minute'), ('5m', interval '5 minutes'), ('15m', interval '15 minutes'),
        ('1h', interval '1 hour'))
    AS win (window_name, length)
JOIN public.agent_queries AS query
    ON query.created_at > date_trunc('second', complete.as_of) - win.length AND query.created_at <= complete.as_of
WHERE query.id IS NOT NULL
  AND query.agent IS NOT NULL
  AND octet_length(query.id::text) <= 1000
  AND octet_length(query.agent::text) <= 1000
  AND (query.latency_ms IS NULL
      OR query.latency_ms BETWEEN 0 AND 2147483647 AND query.latency_ms = trunc(query.latency_ms)
          AND octet_length(query.latency_ms::text) <= 1000)
  AND NOT EXISTS (
      SELECT FROM agentpulse.agent_performance AS result
      JOIN agentpulse.agent_health AS health USING (agent)
      WHERE result.agent = query.agent::text AND result.window_name = win.window_name)
UNION
SELECT 'annotator_activity', feedback.annotator::text, win.window_name
FROM complete
CROSS JOIN (VALUES ('1m', interval '1 minute'), ('5m', interval '5 minutes'), ('1h', interval '1 hour'))
    AS win (window_name, length)
JOIN public.agent_feedback AS feedback
    ON feedback.created_at > date_trunc('second', complete.as_of) - win.length AND feedback.created_at <= complete.as_of
WHERE feedback.id IS NOT NULL
  AND feedback.annotator IS NOT NULL
  AND (feedback.updated_at IS NULL
      OR feedback.updated_at >= '0001-01-01 00:00:00+00' AND feedback.updated_at < '10000-01-01 00:00:00+00')
  AND coalesce(jsonb_typeof(feedback.rubric::jsonb), 'null') IN ('null', 'object')
  AND NOT EXISTS (
      SELECT FROM (VALUES (feedback.rubric::jsonb -> 'clarity'), (feedback.rubric::jsonb -> 'accuracy'),
              (feedback.rubric::jsonb -> 'tone')) AS score (value)
      WHERE CASE coalesce(jsonb_typeof(score.value), 'null')
          WHEN 'null' THEN false
          WHEN 'number' THEN abs(score.value::text::numeric) >= 1e100 OR scale(score.value::text::numeric) > 100
          ELSE true END)
  AND octet_length(feedback.id::text) <= 1000
  AND coalesce(octet_length(feedback.annotator::text), 0) <= 1000
  AND coalesce(octet_length(feedback.rubric::text), 0) <= 1000000
  AND coalesce(octet_length(feedback.labels::text), 0) <= 10000
  AND coalesce(cardinality(feedback.labels), 0) <= 100
  AND NOT EXISTS (SELECT FROM unnest(feedback.labels::text[]) AS label WHERE length(label) > 1000)
  AND NOT EXISTS (
      SELECT FROM agentpulse.annotator_activity AS result
      WHERE result.annotator = feedback.annotator::text AND result.window_name = win.window_name)
