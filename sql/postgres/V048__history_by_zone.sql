-- History by the days, weeks and months of a time zone. Every offset in use is a multiple of 15 minutes, so rows of that
-- length add up to them exactly, days of 23 and 25 hours included.

CREATE FUNCTION agentpulse.agent_history_by(unit text, zone text, since timestamptz, until timestamptz)
    RETURNS TABLE (
        agent text,
        unit_start timestamptz,
        unit_end timestamptz,
        query_count bigint,
        latency_count bigint,
        latency_sum_ms bigint,
        approved_count bigint,
        rejected_count bigint,
        human_edited_count bigint,
        slow_query_count bigint,
        purged_rows bigint,
        avg_latency_ms numeric,
        max_latency_ms integer,
        p50_latency_ms integer,
        p95_latency_ms integer,
        p99_latency_ms integer,
        approval_rate_pct numeric,
        human_edit_rate_pct numeric,
        final boolean,
        complete boolean)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    AS $by$
    #variable_conflict use_column
    DECLARE
        length constant interval := CASE unit WHEN 'day' THEN interval '1 day' WHEN 'week' THEN interval '7 days'
            WHEN 'month' THEN interval '1 month' WHEN 'year' THEN interval '1 year' END;
        first constant timestamptz := date_trunc(unit, since, zone);
        behind constant timestamptz := (date_trunc(unit, (until - interval '1 microsecond') AT TIME ZONE zone) + length)
            AT TIME ZONE zone;
    BEGIN
        IF length IS NULL THEN
            RAISE EXCEPTION 'unit must be day, week, month or year, but is %', coalesce(unit, 'null');
        END IF;
        RETURN QUERY
            WITH part AS (
                SELECT h.*, date_trunc($1, h.bucket_start, $2) AS unit_start
                  FROM agentpulse.agent_performance_history h
                 WHERE h.bucket = '15m' AND h.zone = 'UTC' AND h.bucket_start >= first AND h.bucket_start < behind
            ), ranked AS (
                SELECT p.agent, p.unit_start, e.value,
                       sum(sum(e.times)) OVER (PARTITION BY p.agent, p.unit_start ORDER BY e.value) AS up_to,
                       sum(sum(e.times)) OVER (PARTITION BY p.agent, p.unit_start) AS total
                  FROM part p, unnest(p.latency_values, p.latency_counts) AS e (value, times)
                 GROUP BY p.agent, p.unit_start, e.value
            ), distribution AS (
                SELECT r.agent, r.unit_start, max(r.value) AS max_ms,
                       min(r.value) FILTER (WHERE 100 * r.up_to >= 50 * r.total) AS p50,
                       min(r.value) FILTER (WHERE 100 * r.up_to >= 95 * r.total) AS p95,
                       min(r.value) FILTER (WHERE 100 * r.up_to >= 99 * r.total) AS p99
                  FROM ranked r GROUP BY r.agent, r.unit_start
            ), summed AS (
                SELECT p.agent, p.unit_start,
                       (date_trunc($1, p.unit_start AT TIME ZONE $2) + length) AT TIME ZONE $2 AS unit_end,
                       sum(p.query_count)::bigint AS queries, sum(p.latency_count)::bigint AS latencies,
                       sum(p.latency_sum_ms)::bigint AS latency_sum, sum(p.approved_count)::bigint AS approved,
                       sum(p.rejected_count)::bigint AS rejected, sum(p.human_edited_count)::bigint AS edited,
                       sum(p.slow_query_count)::bigint AS slow, sum(p.purged_rows)::bigint AS purged
                  FROM part p GROUP BY p.agent, p.unit_start
            )
            SELECT s.agent, s.unit_start, s.unit_end, s.queries, s.latencies, s.latency_sum, s.approved, s.rejected,
                   s.edited, s.slow, s.purged, round(s.latency_sum::numeric / nullif(s.latencies, 0), 2), d.max_ms, d.p50,
                   d.p95, d.p99, round(100.0 * s.approved / nullif(s.approved + s.rejected, 0), 2),
                   round(100.0 * s.edited / nullif(s.queries, 0), 2),
                   s.unit_end <= (SELECT min(p.as_of) FROM agentpulse.pipeline_status p),
                   s.unit_start >= (SELECT r.complete_from FROM agentpulse.history_reach r
                                     WHERE r.history_table = 'agent_performance_history' AND r.bucket = '15m')
              FROM summed s LEFT JOIN distribution d ON d.agent = s.agent AND d.unit_start = s.unit_start
             ORDER BY s.agent, s.unit_start;
    END
    $by$;

COMMENT ON FUNCTION agentpulse.agent_history_by(text, text, timestamptz, timestamptz) IS
    'History of each agent by day, week (from Monday), month or year of a time zone, from the unit that holds since to the '
    'one before until. Reads with the rights of its caller; as far back as 15-minute rows are kept (complete).';
