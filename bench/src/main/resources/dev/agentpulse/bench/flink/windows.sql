-- How fast and how good was each agent in the last minute, five minutes and hour?
-- Windows: Flink's HOP, over inserts and updates, each shown when the watermark passes its end. An update of a row that
-- has left all open windows is lost, and there are no percentiles: Flink 1.20 has none.
CREATE TEMPORARY TABLE agent_queries (
  id BIGINT,
  agent STRING,
  latency_ms INT,
  approved BOOLEAN,
  created_at TIMESTAMP_LTZ(3),
  WATERMARK FOR created_at AS created_at - INTERVAL '0.2' SECOND,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (${source});

CREATE TEMPORARY TABLE agent_window (
  agent STRING,
  window_name STRING,
  window_end TIMESTAMP(3),
  query_count BIGINT,
  latency_sum BIGINT,
  max_latency_ms INT,
  slow_query_count BIGINT,
  approved_count BIGINT,
  PRIMARY KEY (agent, window_name) NOT ENFORCED
) WITH (${sink}, 'table-name' = '${schema}.agent_window');

INSERT INTO agent_window
  (agent, window_name, window_end, query_count, latency_sum, max_latency_ms, slow_query_count, approved_count)
SELECT agent, '1m', window_end, COUNT(*), SUM(CAST(latency_ms AS BIGINT)), MAX(latency_ms),
       COUNT(*) FILTER (WHERE latency_ms > 200), COUNT(*) FILTER (WHERE approved)
FROM TABLE(HOP(TABLE agent_queries, DESCRIPTOR(created_at), INTERVAL '1' SECOND, INTERVAL '1' MINUTE))
GROUP BY agent, window_start, window_end
UNION ALL
SELECT agent, '5m', window_end, COUNT(*), SUM(CAST(latency_ms AS BIGINT)), MAX(latency_ms),
       COUNT(*) FILTER (WHERE latency_ms > 200), COUNT(*) FILTER (WHERE approved)
FROM TABLE(HOP(TABLE agent_queries, DESCRIPTOR(created_at), INTERVAL '5' SECOND, INTERVAL '5' MINUTE))
GROUP BY agent, window_start, window_end
UNION ALL
SELECT agent, '1h', window_end, COUNT(*), SUM(CAST(latency_ms AS BIGINT)), MAX(latency_ms),
       COUNT(*) FILTER (WHERE latency_ms > 200), COUNT(*) FILTER (WHERE approved)
FROM TABLE(HOP(TABLE agent_queries, DESCRIPTOR(created_at), INTERVAL '1' MINUTE, INTERVAL '1' HOUR))
GROUP BY agent, window_start, window_end;
