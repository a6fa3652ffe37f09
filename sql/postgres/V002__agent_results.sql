-- How each agent is doing: one row an agent and window, and one row an agent for its health.
--
-- Snapshot tables (this file and the next two) have few rows, and a busy row is rewritten every tick. So pages keep
-- room for the next version of a row (fillfactor), no index covers a column that changes with a tick (updates stay
-- heap-only), and vacuum comes early.

COMMENT ON SCHEMA agentpulse IS 'What AgentPulse makes of the change stream: snapshots, alerts, channel messages.';

CREATE TABLE agentpulse.agent_performance (
    agent text NOT NULL,
    window_name text NOT NULL,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    query_count bigint NOT NULL,
    avg_latency_ms numeric,
    max_latency_ms integer,
    p50_latency_ms integer,
    p95_latency_ms integer,
    p99_latency_ms integer,
    slow_query_count bigint NOT NULL,
    approved_count bigint NOT NULL,
    rejected_count bigint NOT NULL,
    unreviewed_count bigint NOT NULL,
    approval_rate_pct numeric,
    human_edited_count bigint NOT NULL,
    human_edit_rate_pct numeric,
    quality_score numeric,
    PRIMARY KEY (agent, window_name)
) WITH (fillfactor = 75, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.agent_performance ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.agent_performance IS
    'Queries of each agent over sliding windows. Every row is exact over its own (window_start, window_end]; a row '
    'whose figures do not change keeps its older window_end.';
COMMENT ON COLUMN agentpulse.agent_performance.agent IS 'The agent.';
COMMENT ON COLUMN agentpulse.agent_performance.window_name IS 'The window by its length: 1m, 5m or 1h unless configured otherwise.';
COMMENT ON COLUMN agentpulse.agent_performance.window_start IS 'Start of the window, exclusive: window_end snapped down to the slide, less the window''s length.';
COMMENT ON COLUMN agentpulse.agent_performance.window_end IS 'End of the window, inclusive: the database time of the tick that wrote the row.';
COMMENT ON COLUMN agentpulse.agent_performance.query_count IS 'Queries whose created_at lies in the window.';
COMMENT ON COLUMN agentpulse.agent_performance.avg_latency_ms IS 'Average of the known latencies, 2 decimals; null when none is known.';
COMMENT ON COLUMN agentpulse.agent_performance.max_latency_ms IS 'Largest latency; null when none is known.';
COMMENT ON COLUMN agentpulse.agent_performance.p50_latency_ms IS 'Median latency as percentile_disc gives it: exact up to 10 s, at most 1 % above beyond.';
COMMENT ON COLUMN agentpulse.agent_performance.p95_latency_ms IS '95th percentile of the latency, as exact as p50_latency_ms.';
COMMENT ON COLUMN agentpulse.agent_performance.p99_latency_ms IS '99th percentile of the latency, as exact as p50_latency_ms.';
COMMENT ON COLUMN agentpulse.agent_performance.slow_query_count IS 'Queries with a latency above the threshold, 200 ms unless configured otherwise.';
COMMENT ON COLUMN agentpulse.agent_performance.approved_count IS 'Queries whose answer is approved now.';
COMMENT ON COLUMN agentpulse.agent_performance.rejected_count IS 'Queries whose answer is rejected now.';
COMMENT ON COLUMN agentpulse.agent_performance.unreviewed_count IS 'Queries whose answer nobody has reviewed.';
COMMENT ON COLUMN agentpulse.agent_performance.approval_rate_pct IS '100 * approved / (approved + rejected), 2 decimals; null when nothing is reviewed.';
COMMENT ON COLUMN agentpulse.agent_performance.human_edited_count IS 'Queries whose answer a person edited.';
COMMENT ON COLUMN agentpulse.agent_performance.human_edit_rate_pct IS '100 * edited / queries, 2 decimals; null without queries.';
COMMENT ON COLUMN agentpulse.agent_performance.quality_score IS
    '0.5 * approval rate + 0.3 * (100 - edit rate) + 0.2 * max(0, 100 - average latency / 10) from the unrounded parts, '
    '2 decimals; null when one of the three is null.';

CREATE TABLE agentpulse.agent_health (
    agent text PRIMARY KEY,
    health_status text NOT NULL CHECK (health_status IN ('healthy', 'warning', 'degraded', 'idle')),
    since timestamptz NOT NULL,
    avg_latency_ms_1m numeric,
    last_query_at timestamptz
) WITH (fillfactor = 75, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.agent_health ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.agent_health IS 'One word for how each agent is doing right now, from its last minute.';
COMMENT ON COLUMN agentpulse.agent_health.agent IS 'The agent.';
COMMENT ON COLUMN agentpulse.agent_health.health_status IS
    'idle: no query in the last minute; degraded: average latency above 200 ms; warning: above 100 ms; else healthy.';
COMMENT ON COLUMN agentpulse.agent_health.since IS 'Event time at which health_status last changed.';
COMMENT ON COLUMN agentpulse.agent_health.avg_latency_ms_1m IS 'Average latency of the last minute, 2 decimals; null when none is known.';
COMMENT ON COLUMN agentpulse.agent_health.last_query_at IS
    'Latest created_at in the longest window; once no window holds a query, the last value stays.';
