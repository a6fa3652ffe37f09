-- The three source tables as change streams. Each takes a replication slot of its own: drop it when you are done
-- (SELECT pg_drop_replication_slot('agentpulse_sql_queries')), or it keeps the database's WAL for ever.
-- The publication must exist, and REPLICA IDENTITY must be FULL: the migrations see to both.
-- Ids are bigint here; say STRING where yours are text or uuid.

CREATE TEMPORARY TABLE agent_queries (
  id BIGINT,
  conversation_id STRING,
  agent STRING,
  query STRING,
  latency_ms INT,
  approved BOOLEAN,
  human_edited BOOLEAN,
  created_at TIMESTAMP_LTZ(3),
  WATERMARK FOR created_at AS created_at - INTERVAL '5' SECOND,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'postgres-cdc',
  'hostname' = '${AGENTPULSE_DATABASE_HOST}',
  'port' = '${AGENTPULSE_DATABASE_PORT}',
  'database-name' = '${AGENTPULSE_DATABASE_NAME}',
  'username' = '${AGENTPULSE_DATABASE_USER}',
  'password' = '${AGENTPULSE_DATABASE_PASSWORD}',
  'schema-name' = 'public',
  'table-name' = 'agent_queries',
  'slot.name' = 'agentpulse_sql_queries',
  'decoding.plugin.name' = 'pgoutput',
  'scan.incremental.snapshot.enabled' = 'true',
  'heartbeat.interval.ms' = '0',
  'debezium.publication.autocreate.mode' = 'disabled',
  'debezium.publication.name' = '${AGENTPULSE_PUBLICATION}'
);

CREATE TEMPORARY TABLE agent_approvals (
  id BIGINT,
  conversation_id STRING,
  status STRING,
  approved_by STRING,
  created_at TIMESTAMP_LTZ(3),
  updated_at TIMESTAMP_LTZ(3),
  WATERMARK FOR created_at AS created_at - INTERVAL '5' SECOND,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'postgres-cdc',
  'hostname' = '${AGENTPULSE_DATABASE_HOST}',
  'port' = '${AGENTPULSE_DATABASE_PORT}',
  'database-name' = '${AGENTPULSE_DATABASE_NAME}',
  'username' = '${AGENTPULSE_DATABASE_USER}',
  'password' = '${AGENTPULSE_DATABASE_PASSWORD}',
  'schema-name' = 'public',
  'table-name' = 'agent_approvals',
  'slot.name' = 'agentpulse_sql_approvals',
  'decoding.plugin.name' = 'pgoutput',
  'scan.incremental.snapshot.enabled' = 'true',
  'heartbeat.interval.ms' = '0',
  'debezium.publication.autocreate.mode' = 'disabled',
  'debezium.publication.name' = '${AGENTPULSE_PUBLICATION}'
);

CREATE TEMPORARY TABLE agent_feedback (
  id BIGINT,
  conversation_id STRING,
  safe_to_send BOOLEAN,
  labels ARRAY<STRING>,
  rubric STRING,
  annotator STRING,
  created_at TIMESTAMP_LTZ(3),
  updated_at TIMESTAMP_LTZ(3),
  WATERMARK FOR created_at AS created_at - INTERVAL '5' SECOND,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'postgres-cdc',
  'hostname' = '${AGENTPULSE_DATABASE_HOST}',
  'port' = '${AGENTPULSE_DATABASE_PORT}',
  'database-name' = '${AGENTPULSE_DATABASE_NAME}',
  'username' = '${AGENTPULSE_DATABASE_USER}',
  'password' = '${AGENTPULSE_DATABASE_PASSWORD}',
  'schema-name' = 'public',
  'table-name' = 'agent_feedback',
  'slot.name' = 'agentpulse_sql_feedback',
  'decoding.plugin.name' = 'pgoutput',
  'scan.incremental.snapshot.enabled' = 'true',
  'heartbeat.interval.ms' = '0',
  'debezium.publication.autocreate.mode' = 'disabled',
  'debezium.publication.name' = '${AGENTPULSE_PUBLICATION}'
);
