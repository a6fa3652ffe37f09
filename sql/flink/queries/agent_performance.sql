-- How fast and how good was each agent in the last minute, second by second?
-- Illustrates: percentiles and the quality score, over changes that are corrected later.
-- Window: a minute, sliding by a second; say INTERVAL '5' MINUTE or '1' HOUR for the longer ones.
SELECT
  agent,
  window_start,
  window_end,
  COUNT(*) AS query_count,
  ROUNDED_AVERAGE(SUM(CAST(latency_ms AS BIGINT)), COUNT(latency_ms)) AS avg_latency_ms,
  MAX(latency_ms) AS max_latency_ms,
  LATENCY_PERCENTILE(latency_ms, 50) AS p50_latency_ms,
  LATENCY_PERCENTILE(latency_ms, 95) AS p95_latency_ms,
  LATENCY_PERCENTILE(latency_ms, 99) AS p99_latency_ms,
  COUNT(*) FILTER (WHERE latency_ms > 200) AS slow_query_count,
  COUNT(*) FILTER (WHERE approved) AS approved_count,
  COUNT(*) FILTER (WHERE NOT approved) AS rejected_count,
  COUNT(*) FILTER (WHERE approved IS NULL) AS unreviewed_count,
  RATE_PCT(COUNT(*) FILTER (WHERE approved), COUNT(approved)) AS approval_rate_pct,
  COUNT(*) FILTER (WHERE human_edited) AS human_edited_count,
  RATE_PCT(COUNT(*) FILTER (WHERE human_edited), COUNT(*)) AS human_edit_rate_pct,
  QUALITY_SCORE(latency_ms, approved, human_edited) AS quality_score
FROM TABLE(HOP(TABLE agent_queries, DESCRIPTOR(created_at), INTERVAL '1' SECOND, INTERVAL '1' MINUTE))
GROUP BY agent, window_start, window_end;
