-- What did reviewers think in each hour: how much was unsafe, how clear, accurate and well put, and what was wrong?
-- Illustrates: label counts from arrays, averages of JSON numbers, distinct annotators.
-- Window: an hour, tumbling.
SELECT
  window_start,
  window_end,
  COUNT(*) AS feedback_count,
  COUNT(*) FILTER (WHERE safe_to_send) AS safe_count,
  COUNT(*) FILTER (WHERE NOT safe_to_send) AS unsafe_count,
  RATE_PCT(COUNT(*) FILTER (WHERE NOT safe_to_send), COUNT(safe_to_send)) AS unsafe_rate_pct,
  ROUNDED_AVERAGE(SUM(clarity), COUNT(clarity)) AS avg_clarity,
  ROUNDED_AVERAGE(SUM(accuracy), COUNT(accuracy)) AS avg_accuracy,
  ROUNDED_AVERAGE(SUM(tone), COUNT(tone)) AS avg_tone,
  LABEL_COUNTS(labels) AS label_counts,
  COUNT(DISTINCT annotator) AS active_annotator_count
FROM TABLE(TUMBLE(TABLE scored_feedback, DESCRIPTOR(created_at), INTERVAL '1' HOUR))
GROUP BY window_start, window_end;
