-- Where things are going: trend, forecast and quality of each agent, and what waits for approval.
--
-- Snapshot tables: a row an agent, rewritten at most every 30 s (a forecast when a quarter of an hour ends). How figures are
-- made is in docs/decisions/0013-outlook.md.

CREATE TABLE agentpulse.agent_trend (
    agent text PRIMARY KEY,
    rate_5m numeric NOT NULL,
    rate_1h numeric NOT NULL,
    latency_5m_ms numeric,
    latency_1h_ms numeric,
    trend text CHECK (trend IN ('rising', 'falling', 'flat')),
    trend_change_pct numeric,
    change_vs_yesterday_pct numeric,
    change_vs_last_week_pct numeric,
    as_of timestamptz NOT NULL,
    commit_lsn pg_lsn NOT NULL
) WITH (fillfactor = 75, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.agent_trend ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.agent_trend IS
    'How much each agent is asked, smoothed, and whether that goes up or down. Written at most every 30 s, when it changes.';
COMMENT ON COLUMN agentpulse.agent_trend.agent IS 'The agent.';
COMMENT ON COLUMN agentpulse.agent_trend.rate_5m IS
    'Queries a minute, smoothed: a minute counts half after 5 minutes. As of the last minute that was over.';
COMMENT ON COLUMN agentpulse.agent_trend.rate_1h IS 'The same; a minute counts half after an hour.';
COMMENT ON COLUMN agentpulse.agent_trend.latency_5m_ms IS
    'Average latency of the queries as rate_5m weighs them; null when nothing is left of any.';
COMMENT ON COLUMN agentpulse.agent_trend.latency_1h_ms IS 'The same as rate_1h weighs them.';
COMMENT ON COLUMN agentpulse.agent_trend.trend IS
    'rising or falling if the counts of the last 60 minutes do so by more than chance (Mann-Kendall, |Z| > 2.58) and by 10 % '
    'or more, else flat; null while fewer minutes are known.';
COMMENT ON COLUMN agentpulse.agent_trend.trend_change_pct IS
    'What the slope of these minutes (Theil-Sen) makes of an hour, in percent of their mean.';
COMMENT ON COLUMN agentpulse.agent_trend.change_vs_yesterday_pct IS
    'By how many percent the last four quarters of an hour that were over held more queries than the same ones yesterday; null '
    'where those are unknown or empty.';
COMMENT ON COLUMN agentpulse.agent_trend.change_vs_last_week_pct IS 'The same against a week ago.';
COMMENT ON COLUMN agentpulse.agent_trend.as_of IS 'Database time up to which the log is in the row.';
COMMENT ON COLUMN agentpulse.agent_trend.commit_lsn IS 'Log position of the tick that wrote the row.';

CREATE TABLE agentpulse.agent_forecast (
    agent text NOT NULL,
    measure text NOT NULL CHECK (measure IN ('query_count', 'concurrency')),
    first_slot timestamptz NOT NULL,
    slot_seconds integer NOT NULL,
    expected numeric[] NOT NULL,
    low numeric[],
    high numeric[],
    basis text NOT NULL CHECK (basis IN ('two_weeks', 'yesterday', 'level')),
    as_of timestamptz NOT NULL,
    commit_lsn pg_lsn NOT NULL,
    PRIMARY KEY (agent, measure)
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.agent_forecast ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.agent_forecast IS
    'What the next 24 hours will bring each agent, in slots of 15 minutes. Written when a slot ends.';
COMMENT ON COLUMN agentpulse.agent_forecast.agent IS 'The agent.';
COMMENT ON COLUMN agentpulse.agent_forecast.measure IS
    'query_count: queries in a slot; concurrency: queries in work at a time on average, the sum of the latencies by the length '
    'of the slot.';
COMMENT ON COLUMN agentpulse.agent_forecast.first_slot IS 'Start of the first slot; the others follow.';
COMMENT ON COLUMN agentpulse.agent_forecast.slot_seconds IS 'Length of a slot.';
COMMENT ON COLUMN agentpulse.agent_forecast.expected IS 'The forecast, a value a slot.';
COMMENT ON COLUMN agentpulse.agent_forecast.low IS
    'Lower end of the band that four of five values are expected in; null until enough forecasts have been compared with what came.';
COMMENT ON COLUMN agentpulse.agent_forecast.high IS 'Upper end of it.';
COMMENT ON COLUMN agentpulse.agent_forecast.basis IS
    'two_weeks: yesterday and the two weeks before; yesterday: yesterday only; level: the smoothed level, as less than a day is known.';
COMMENT ON COLUMN agentpulse.agent_forecast.as_of IS 'Database time up to which the log is in the row.';
COMMENT ON COLUMN agentpulse.agent_forecast.commit_lsn IS 'Log position of the tick that wrote the row.';

CREATE TABLE agentpulse.agent_quality (
    agent text PRIMARY KEY,
    quality_score integer,
    quality_score_adjusted numeric NOT NULL,
    reviewed_n bigint NOT NULL,
    quality_low numeric NOT NULL,
    quality_high numeric NOT NULL,
    confidence text NOT NULL CHECK (confidence IN ('low', 'medium', 'high')),
    change_points numeric NOT NULL,
    as_of timestamptz NOT NULL,
    commit_lsn pg_lsn NOT NULL
) WITH (fillfactor = 75, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.agent_quality ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.agent_quality IS
    'How good each agent''s answers of the last 24 hours are (the hour that is open and the 23 before), and how sure that is.';
COMMENT ON COLUMN agentpulse.agent_quality.agent IS 'The agent.';
COMMENT ON COLUMN agentpulse.agent_quality.quality_score IS
    'As in agent_performance, over the 24 hours, rounded; null when nothing was asked, reviewed or timed in them.';
COMMENT ON COLUMN agentpulse.agent_quality.quality_score_adjusted IS
    'The same of rates that are drawn to those of 30 days: (k + 20 p) / (n + 20), so a few reviews do not move it far.';
COMMENT ON COLUMN agentpulse.agent_quality.reviewed_n IS 'Answers of the 24 hours that were approved or rejected.';
COMMENT ON COLUMN agentpulse.agent_quality.quality_low IS
    'The score if the shares of approved and of edited answers are both as bad as their Wilson intervals (90 %) allow.';
COMMENT ON COLUMN agentpulse.agent_quality.quality_high IS 'The same, as good as they allow.';
COMMENT ON COLUMN agentpulse.agent_quality.confidence IS 'low below 10 reviews, medium below 100, else high.';
COMMENT ON COLUMN agentpulse.agent_quality.change_points IS
    'Points by which the adjusted score lies above the score of the last 30 days.';
COMMENT ON COLUMN agentpulse.agent_quality.as_of IS 'Database time up to which the log is in the row.';
COMMENT ON COLUMN agentpulse.agent_quality.commit_lsn IS 'Log position of the tick that wrote the row.';

CREATE TABLE agentpulse.agent_capacity (
    agent text PRIMARY KEY,
    capacity numeric NOT NULL CHECK (capacity > 0),
    note text,
    updated_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE agentpulse.agent_capacity ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.agent_capacity IS
    'How many queries at a time an agent can take. The owner fills it; without a row the observed peak stands for it.';
COMMENT ON COLUMN agentpulse.agent_capacity.agent IS 'The agent.';
COMMENT ON COLUMN agentpulse.agent_capacity.capacity IS 'Queries in work at a time.';
COMMENT ON COLUMN agentpulse.agent_capacity.note IS 'Why so many.';
COMMENT ON COLUMN agentpulse.agent_capacity.updated_at IS 'When it was set.';

-- At most a row an agent; the peak is found by the index of history.
DO $headroom$
BEGIN
    EXECUTE 'CREATE VIEW agentpulse.agent_headroom '
        -- As agentpulse.alert.
        || CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'WITH (security_invoker = true) ' ELSE '' END
        || $view$ AS
SELECT f.agent,
       c.capacity,
       c.capacity_source,
       round(100 * (1 - next.most / nullif(c.capacity, 0)), 1) AS headroom_pct,
       next.exhausted_at
  FROM agentpulse.agent_forecast f
  LEFT JOIN agentpulse.agent_capacity s ON s.agent = f.agent
  CROSS JOIN LATERAL (
       SELECT coalesce(s.capacity, (
                  SELECT round(percentile_cont(0.99) WITHIN GROUP (ORDER BY h.latency_sum_ms / 60000.0)::numeric, 3)
                    FROM agentpulse.agent_performance_history h
                   WHERE h.agent = f.agent AND h.bucket = '1m' AND h.zone = 'UTC'
                     AND h.bucket_start >= f.first_slot - interval '30 days')) AS capacity,
              CASE WHEN s.capacity IS NULL THEN 'observed' ELSE 'set' END AS capacity_source) c
  CROSS JOIN LATERAL (
       SELECT max(u.high) AS most,
              min(f.first_slot + (u.n - 1) * make_interval(secs => f.slot_seconds))
                  FILTER (WHERE u.high >= c.capacity) AS exhausted_at
         FROM unnest(coalesce(f.high, f.expected)) WITH ORDINALITY AS u (high, n)) next
 WHERE f.measure = 'concurrency'
           $view$;
END
$headroom$;

COMMENT ON VIEW agentpulse.agent_headroom IS
    'How much of each agent''s capacity the next 24 hours leave, by the upper end of the forecast of concurrency.';
COMMENT ON COLUMN agentpulse.agent_headroom.agent IS 'The agent.';
COMMENT ON COLUMN agentpulse.agent_headroom.capacity IS
    'Queries in work at a time: from agent_capacity, else the 99th percentile of the minutes that history has, of 30 days at most.';
COMMENT ON COLUMN agentpulse.agent_headroom.capacity_source IS 'set (agent_capacity) or observed.';
COMMENT ON COLUMN agentpulse.agent_headroom.headroom_pct IS
    '100 (1 - highest forecast / capacity), below 0 where it is exceeded; null where no capacity is known.';
COMMENT ON COLUMN agentpulse.agent_headroom.exhausted_at IS 'Start of the first slot that reaches the capacity; null if none does.';

CREATE TABLE agentpulse.approval_forecast (
    measure text PRIMARY KEY CHECK (measure IN ('requested', 'pending')),
    first_slot timestamptz NOT NULL,
    slot_seconds integer NOT NULL,
    expected numeric[] NOT NULL,
    low numeric[],
    high numeric[],
    basis text NOT NULL CHECK (basis IN ('two_weeks', 'yesterday', 'level')),
    minutes_to_clear numeric,
    breaches_next_15m integer,
    approvers_needed integer,
    as_of timestamptz NOT NULL,
    commit_lsn pg_lsn NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.approval_forecast ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.approval_forecast IS
    'What the next 24 hours will bring to the approval queue, in slots of 15 minutes, and whether it can be worked off.';
COMMENT ON COLUMN agentpulse.approval_forecast.measure IS
    'requested: approvals requested in a slot; pending: those that wait at its end.';
COMMENT ON COLUMN agentpulse.approval_forecast.first_slot IS 'Start of the first slot; the others follow.';
COMMENT ON COLUMN agentpulse.approval_forecast.slot_seconds IS 'Length of a slot.';
COMMENT ON COLUMN agentpulse.approval_forecast.expected IS 'The forecast, a value a slot.';
COMMENT ON COLUMN agentpulse.approval_forecast.low IS 'Lower end of the band, as in agent_forecast.';
COMMENT ON COLUMN agentpulse.approval_forecast.high IS 'Upper end of it.';
COMMENT ON COLUMN agentpulse.approval_forecast.basis IS 'What the forecast rests on, as in agent_forecast.';
COMMENT ON COLUMN agentpulse.approval_forecast.minutes_to_clear IS
    'On row pending: minutes until nothing waits, if requests and decisions go on as in the last hour; null while it grows.';
COMMENT ON COLUMN agentpulse.approval_forecast.breaches_next_15m IS
    'On row pending: of those that wait, how many pass the SLA in the next 15 minutes if nobody decides them.';
COMMENT ON COLUMN agentpulse.approval_forecast.approvers_needed IS
    'On row pending: the least number of people with which at most 5 % of the requests wait longer than the SLA (Erlang C), at '
    'the upper end of the next hour''s forecast; null where it is not known how much one decides.';
COMMENT ON COLUMN agentpulse.approval_forecast.as_of IS 'Database time up to which the log is in the row.';
COMMENT ON COLUMN agentpulse.approval_forecast.commit_lsn IS 'Log position of the tick that wrote the row.';
