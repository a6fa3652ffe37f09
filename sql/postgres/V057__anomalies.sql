-- What each agent should be asked, beside what it is asked. Why it is so: docs/decisions/0014-anomalies.md.

ALTER TABLE agentpulse.agent_trend
    ADD COLUMN expected_5m numeric,
    ADD COLUMN low_5m numeric,
    ADD COLUMN high_5m numeric,
    ADD COLUMN z_5m numeric,
    ADD COLUMN expected_1h numeric,
    ADD COLUMN low_1h numeric,
    ADD COLUMN high_1h numeric,
    ADD COLUMN z_1h numeric;

COMMENT ON COLUMN agentpulse.agent_trend.expected_5m IS
    'Queries that the last five minutes should hold, as of the last whole half minute: the mean of the same time one and two weeks '
    'ago, at today''s level; null while less than a week is known.';
COMMENT ON COLUMN agentpulse.agent_trend.low_5m IS 'Lower end of what is usual (three standard deviations).';
COMMENT ON COLUMN agentpulse.agent_trend.high_5m IS 'Upper end of it.';
COMMENT ON COLUMN agentpulse.agent_trend.z_5m IS
    'By how many standard deviations the five minutes hold more, or fewer (negative), than expected.';
COMMENT ON COLUMN agentpulse.agent_trend.expected_1h IS 'The same of the last hour.';
COMMENT ON COLUMN agentpulse.agent_trend.low_1h IS 'The same of the last hour.';
COMMENT ON COLUMN agentpulse.agent_trend.high_1h IS 'The same of the last hour.';
COMMENT ON COLUMN agentpulse.agent_trend.z_1h IS 'The same of the last hour.';

COMMENT ON COLUMN agentpulse.alert_record.rule IS
    'slow_query, agent_degraded, approval_sla_breach, unsafe_response, volume_anomaly, latency_anomaly, rate_anomaly, or pipeline: '
    'something about AgentPulse itself.';
