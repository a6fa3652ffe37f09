-- How many queries had each agent in each second? A view in Postgres adds up a minute of it.
-- Grouped, not windowed: each row changes its count at once, and nothing waits for a watermark.
CREATE TEMPORARY TABLE agent_queries (
  id BIGINT,
  agent STRING,
  created_at TIMESTAMP_LTZ(3),
  PRIMARY KEY (id) NOT ENFORCED
) WITH (${source});

CREATE TEMPORARY TABLE agent_second (
  agent STRING,
  `second` TIMESTAMP(3),
  query_count BIGINT,
  PRIMARY KEY (agent, `second`) NOT ENFORCED
) WITH (${sink}, 'table-name' = '${schema}.agent_second');

INSERT INTO agent_second (agent, `second`, query_count)
SELECT /*+ STATE_TTL('agent_queries' = '2min') */ agent, FLOOR(CAST(created_at AS TIMESTAMP(3)) TO SECOND), COUNT(*)
FROM agent_queries
GROUP BY agent, FLOOR(CAST(created_at AS TIMESTAMP(3)) TO SECOND);
