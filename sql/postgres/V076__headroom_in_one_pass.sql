-- The observed capacities of agent_headroom by one look at the minutes instead of one an agent: minutes of all agents lie side
-- by side, so each look read nearly all of them. What follows is the same figure.

DO $headroom$
BEGIN
    EXECUTE 'CREATE OR REPLACE VIEW agentpulse.agent_headroom '
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
  LEFT JOIN (
       SELECT h.agent,
              -- The sums are ordered, not the quotients, which would be numbers of any length.
              round((percentile_cont(0.99) WITHIN GROUP (ORDER BY h.latency_sum_ms::float8) / 60000)::numeric, 3) AS peak
         FROM agentpulse.agent_performance_history h
        WHERE h.bucket = '1m' AND h.zone = 'UTC'
          AND h.bucket_start >= (SELECT max(n.first_slot) FROM agentpulse.agent_forecast n) - interval '30 days'
          AND h.agent NOT IN (SELECT k.agent FROM agentpulse.agent_capacity k)
        GROUP BY h.agent) o ON o.agent = f.agent
  CROSS JOIN LATERAL (
       SELECT coalesce(s.capacity, o.peak) AS capacity,
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
