-- The window algebra of AgentPulse as SQL functions. The jar of udf must be on the class path.

-- LATENCY_PERCENTILE(latency_ms, percent): discrete percentile in milliseconds.
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS LATENCY_PERCENTILE
  AS 'dev.agentpulse.udf.table.LatencyPercentileFunction';

-- RESOLUTION_PERCENTILE(created_at, updated_at, percent): discrete percentile of the time between the two, in seconds.
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS RESOLUTION_PERCENTILE
  AS 'dev.agentpulse.udf.table.ResolutionPercentileFunction';

-- QUALITY_SCORE(latency_ms, approved, human_edited): 0 to 100, of approval, edits and speed.
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS QUALITY_SCORE
  AS 'dev.agentpulse.udf.table.QualityScoreFunction';

-- LABEL_COUNTS(labels): how often each label occurs.
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS LABEL_COUNTS
  AS 'dev.agentpulse.udf.table.LabelCountsFunction';

-- HEALTH_STATUS(query_count, latency_count, latency_sum): idle, healthy, warning, degraded.
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS HEALTH_STATUS
  AS 'dev.agentpulse.udf.table.HealthStatusFunction';

-- ROUNDED_AVERAGE(sum, count) and RATE_PCT(part, whole): two decimals, rounded once, half away from zero.
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS ROUNDED_AVERAGE
  AS 'dev.agentpulse.udf.table.RoundedAverageFunction';
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS RATE_PCT
  AS 'dev.agentpulse.udf.table.RatePctFunction';
