-- How has each agent been doing since the beginning, and how healthy does that make it?
-- Illustrates: plain grouping over a change stream; updates and deletes take back what they replace.
-- Window: none, so the state grows with the number of agents and of distinct latencies.
SELECT
  agent,
  COUNT(*) AS query_count,
  LATENCY_PERCENTILE(latency_ms, 95) AS p95_latency_ms,
  QUALITY_SCORE(latency_ms, approved, human_edited) AS quality_score,
  HEALTH_STATUS(COUNT(*), COUNT(latency_ms), SUM(CAST(latency_ms AS BIGINT))) AS health_status
FROM agent_queries
GROUP BY agent;
