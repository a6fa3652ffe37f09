-- Each row into another table, as it is: what the connectors do with nothing between them.
CREATE TEMPORARY TABLE agent_queries (
  id BIGINT,
  conversation_id STRING,
  agent STRING,
  query STRING,
  latency_ms INT,
  approved BOOLEAN,
  created_at TIMESTAMP_LTZ(3),
  PRIMARY KEY (id) NOT ENFORCED
) WITH (${source});

CREATE TEMPORARY TABLE query_copy (
  id BIGINT,
  conversation_id STRING,
  agent STRING,
  query STRING,
  latency_ms INT,
  approved BOOLEAN,
  created_at TIMESTAMP(3),
  PRIMARY KEY (id) NOT ENFORCED
) WITH (${sink}, 'table-name' = '${schema}.query_copy');

INSERT INTO query_copy (id, conversation_id, agent, query, latency_ms, approved, created_at)
SELECT id, conversation_id, agent, query, latency_ms, approved, CAST(created_at AS TIMESTAMP(3))
FROM agent_queries;
