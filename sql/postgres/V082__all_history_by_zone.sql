-- History by the days, weeks and months of a time zone for approvals and feedback, too. What the three functions have in
-- common is here once: where a unit begins and ends, and percentiles of a distribution. Both run with the rights of their caller.

CREATE FUNCTION agentpulse.zone_unit(
    unit text, zone text, moment timestamptz, OUT unit_start timestamptz, OUT unit_end timestamptz)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    AS $unit$
    DECLARE
        length constant interval := CASE unit WHEN 'day' THEN interval '1 day' WHEN 'week' THEN interval '7 days'
            WHEN 'month' THEN interval '1 month' WHEN 'year' THEN interval '1 year' END;
        midnight timestamp;
    BEGIN
        IF length IS NULL THEN
            RAISE EXCEPTION 'unit must be day, week, month or year, but is %', coalesce(unit, 'null');
        END IF;
        midnight := date_trunc(unit, moment AT TIME ZONE zone);
        -- Where clocks go back to midnight (the Azores, Havana), Postgres takes the second one: a day begins an hour after 23:00.
        unit_start := least(midnight AT TIME ZONE zone,
            (midnight - interval '1 hour') AT TIME ZONE zone + interval '1 hour');
        midnight := midnight + length;
        unit_end := least(midnight AT TIME ZONE zone,
            (midnight - interval '1 hour') AT TIME ZONE zone + interval '1 hour');
    END
    $unit$;

COMMENT ON FUNCTION agentpulse.zone_unit(text, text, timestamptz) IS
    'The day, week (from Monday), month or year of a time zone that a time lies in: from unit_start, inclusive, to unit_end.';

CREATE FUNCTION agentpulse.weighted_percentiles(held integer[], times bigint[], percents integer[]) RETURNS integer[]
    LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
    AS $percentiles$
        WITH ranked AS MATERIALIZED (
            SELECT e.value, sum(e.n) OVER (ORDER BY e.value) AS up_to, sum(e.n) OVER () AS total
              FROM unnest(weighted_percentiles.held, weighted_percentiles.times) AS e (value, n)
        )
        SELECT array_agg((SELECT min(r.value) FROM ranked r WHERE 100 * r.up_to >= p.percent * r.total) ORDER BY p.place)
          FROM unnest(weighted_percentiles.percents) WITH ORDINALITY AS p (percent, place)
    $percentiles$;

COMMENT ON FUNCTION agentpulse.weighted_percentiles(integer[], bigint[], integer[]) IS
    'Percentiles as percentile_disc gives them, of different values of which each occurs so often; nulls where there are none.';

CREATE OR REPLACE FUNCTION agentpulse.agent_history_by(unit text, zone text, since timestamptz, until timestamptz)
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
        first constant timestamptz := (agentpulse.zone_unit(unit, zone, since)).unit_start;
        behind constant timestamptz := (agentpulse.zone_unit(unit, zone, until - interval '1 microsecond')).unit_end;
    BEGIN
        RETURN QUERY
            WITH part AS (
                SELECT h.*, date_trunc($1, h.bucket_start AT TIME ZONE $2) AS midnight
                  FROM agentpulse.agent_performance_history h
                 WHERE h.bucket = '15m' AND h.zone = 'UTC' AND h.bucket_start >= first AND h.bucket_start < behind
            ), distribution AS (
                SELECT v.agent, v.midnight, max(v.value) AS max_ms,
                       agentpulse.weighted_percentiles(array_agg(v.value), array_agg(v.times), '{50,95,99}') AS ms
                  FROM (SELECT p.agent, p.midnight, e.value, sum(e.times)::bigint AS times
                          FROM part p, unnest(p.latency_values, p.latency_counts) AS e (value, times)
                         GROUP BY p.agent, p.midnight, e.value) v
                 GROUP BY v.agent, v.midnight
            ), summed AS (
                SELECT p.agent, p.midnight, min(p.bucket_start) AS some_start,
                       sum(p.query_count)::bigint AS queries, sum(p.latency_count)::bigint AS latencies,
                       sum(p.latency_sum_ms)::bigint AS latency_sum, sum(p.approved_count)::bigint AS approved,
                       sum(p.rejected_count)::bigint AS rejected, sum(p.human_edited_count)::bigint AS edited,
                       sum(p.slow_query_count)::bigint AS slow, sum(p.purged_rows)::bigint AS purged
                  FROM part p GROUP BY p.agent, p.midnight
            )
            SELECT s.agent, u.unit_start, u.unit_end, s.queries, s.latencies, s.latency_sum, s.approved, s.rejected,
                   s.edited, s.slow, s.purged, round(s.latency_sum::numeric / nullif(s.latencies, 0), 2), d.max_ms,
                   d.ms[1], d.ms[2], d.ms[3], round(100.0 * s.approved / nullif(s.approved + s.rejected, 0), 2),
                   round(100.0 * s.edited / nullif(s.queries, 0), 2),
                   u.unit_end <= (SELECT min(p.as_of) FROM agentpulse.pipeline_status p),
                   u.unit_start >= (SELECT r.complete_from FROM agentpulse.history_reach r
                                     WHERE r.history_table = 'agent_performance_history' AND r.bucket = '15m')
              FROM summed s
              LEFT JOIN distribution d ON d.agent = s.agent AND d.midnight = s.midnight
             CROSS JOIN LATERAL agentpulse.zone_unit($1, $2, s.some_start) u
             ORDER BY s.agent, u.unit_start;
    END
    $by$;

CREATE FUNCTION agentpulse.approval_history_by(unit text, zone text, since timestamptz, until timestamptz)
    RETURNS TABLE (
        queue text,
        unit_start timestamptz,
        unit_end timestamptz,
        requested_count bigint,
        pending_count bigint,
        approved_count bigint,
        rejected_count bigint,
        expired_count bigint,
        decided_count bigint,
        resolution_sum_seconds numeric,
        within_sla_count bigint,
        breached_count bigint,
        purged_rows bigint,
        approval_rate_pct numeric,
        avg_resolution_seconds numeric,
        max_resolution_seconds numeric,
        p50_resolution_seconds numeric,
        p95_resolution_seconds numeric,
        sla_compliance_pct numeric,
        final boolean,
        complete boolean)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    AS $by$
    #variable_conflict use_column
    DECLARE
        first constant timestamptz := (agentpulse.zone_unit(unit, zone, since)).unit_start;
        behind constant timestamptz := (agentpulse.zone_unit(unit, zone, until - interval '1 microsecond')).unit_end;
    BEGIN
        RETURN QUERY
            WITH part AS (
                SELECT h.*, date_trunc($1, h.bucket_start AT TIME ZONE $2) AS midnight
                  FROM agentpulse.approval_history h
                 WHERE h.bucket = '15m' AND h.zone = 'UTC' AND h.bucket_start >= first AND h.bucket_start < behind
            ), distribution AS (
                SELECT v.queue, v.midnight, max(v.value) AS max_hundredths,
                       agentpulse.weighted_percentiles(array_agg(v.value), array_agg(v.times), '{50,95}') AS hundredths
                  FROM (SELECT p.queue, p.midnight, e.value, sum(e.times)::bigint AS times
                          FROM part p, unnest(p.resolution_values, p.resolution_counts) AS e (value, times)
                         GROUP BY p.queue, p.midnight, e.value) v
                 GROUP BY v.queue, v.midnight
            ), summed AS (
                SELECT p.queue, p.midnight, min(p.bucket_start) AS some_start,
                       sum(p.requested_count)::bigint AS requested, sum(p.pending_count)::bigint AS pending,
                       sum(p.approved_count)::bigint AS approved, sum(p.rejected_count)::bigint AS rejected,
                       sum(p.expired_count)::bigint AS expired, sum(p.decided_count)::bigint AS decided,
                       sum(p.resolution_sum_seconds) AS resolution_sum, sum(p.within_sla_count)::bigint AS within_sla,
                       sum(p.purged_rows)::bigint AS purged
                  FROM part p GROUP BY p.queue, p.midnight
            )
            SELECT s.queue, u.unit_start, u.unit_end, s.requested, s.pending, s.approved, s.rejected, s.expired, s.decided,
                   s.resolution_sum, s.within_sla, s.decided - s.within_sla, s.purged,
                   round(100.0 * s.approved / nullif(s.decided, 0), 2),
                   round(s.resolution_sum / nullif(s.decided, 0), 2), round(d.max_hundredths / 100.0, 2),
                   round(d.hundredths[1] / 100.0, 2), round(d.hundredths[2] / 100.0, 2),
                   round(100.0 * s.within_sla / nullif(s.decided, 0), 2),
                   u.unit_end <= (SELECT min(p.as_of) FROM agentpulse.pipeline_status p),
                   u.unit_start >= (SELECT r.complete_from FROM agentpulse.history_reach r
                                     WHERE r.history_table = 'approval_history' AND r.bucket = '15m')
              FROM summed s
              LEFT JOIN distribution d ON d.queue = s.queue AND d.midnight = s.midnight
             CROSS JOIN LATERAL agentpulse.zone_unit($1, $2, s.some_start) u
             ORDER BY s.queue, u.unit_start;
    END
    $by$;

COMMENT ON FUNCTION agentpulse.approval_history_by(text, text, timestamptz, timestamptz) IS
    'History of approvals by day, week (from Monday), month or year of a time zone, as agent_history_by: a request counts in the '
    'unit of its created_at, a decision in that of its updated_at.';

CREATE FUNCTION agentpulse.training_history_by(unit text, zone text, since timestamptz, until timestamptz)
    RETURNS TABLE (
        dataset text,
        unit_start timestamptz,
        unit_end timestamptz,
        feedback_count bigint,
        safe_count bigint,
        unsafe_count bigint,
        unreviewed_count bigint,
        clarity_count bigint,
        accuracy_count bigint,
        tone_count bigint,
        clarity_sum numeric,
        accuracy_sum numeric,
        tone_sum numeric,
        labels text[],
        label_counts bigint[],
        annotators text[],
        annotator_counts bigint[],
        purged_rows bigint,
        unsafe_rate_pct numeric,
        avg_clarity numeric,
        avg_accuracy numeric,
        avg_tone numeric,
        active_annotator_count bigint,
        final boolean,
        complete boolean)
    LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp
    AS $by$
    #variable_conflict use_column
    DECLARE
        first constant timestamptz := (agentpulse.zone_unit(unit, zone, since)).unit_start;
        behind constant timestamptz := (agentpulse.zone_unit(unit, zone, until - interval '1 microsecond')).unit_end;
    BEGIN
        RETURN QUERY
            WITH part AS (
                SELECT h.*, date_trunc($1, h.bucket_start AT TIME ZONE $2) AS midnight
                  FROM agentpulse.training_history h
                 WHERE h.bucket = '15m' AND h.zone = 'UTC' AND h.bucket_start >= first AND h.bucket_start < behind
            ), label AS (
                SELECT v.dataset, v.midnight, array_agg(v.name ORDER BY v.name COLLATE "C") AS names,
                       array_agg(v.times ORDER BY v.name COLLATE "C") AS times
                  FROM (SELECT p.dataset, p.midnight, e.name, sum(e.times)::bigint AS times
                          FROM part p, unnest(p.labels, p.label_counts) AS e (name, times)
                         GROUP BY p.dataset, p.midnight, e.name) v
                 GROUP BY v.dataset, v.midnight
            ), annotator AS (
                SELECT v.dataset, v.midnight, array_agg(v.name ORDER BY v.name COLLATE "C") AS names,
                       array_agg(v.times ORDER BY v.name COLLATE "C") AS times
                  FROM (SELECT p.dataset, p.midnight, e.name, sum(e.times)::bigint AS times
                          FROM part p, unnest(p.annotators, p.annotator_counts) AS e (name, times)
                         GROUP BY p.dataset, p.midnight, e.name) v
                 GROUP BY v.dataset, v.midnight
            ), summed AS (
                SELECT p.dataset, p.midnight, min(p.bucket_start) AS some_start,
                       sum(p.feedback_count)::bigint AS feedback, sum(p.safe_count)::bigint AS safe,
                       sum(p.unsafe_count)::bigint AS unsafe, sum(p.unreviewed_count)::bigint AS unreviewed,
                       sum(p.clarity_count)::bigint AS clarities, sum(p.accuracy_count)::bigint AS accuracies,
                       sum(p.tone_count)::bigint AS tones, sum(p.clarity_sum) AS clarity, sum(p.accuracy_sum) AS accuracy,
                       sum(p.tone_sum) AS tone, sum(p.purged_rows)::bigint AS purged
                  FROM part p GROUP BY p.dataset, p.midnight
            )
            SELECT s.dataset, u.unit_start, u.unit_end, s.feedback, s.safe, s.unsafe, s.unreviewed, s.clarities,
                   s.accuracies, s.tones, s.clarity, s.accuracy, s.tone, coalesce(l.names, '{}'), coalesce(l.times, '{}'),
                   coalesce(a.names, '{}'), coalesce(a.times, '{}'), s.purged,
                   round(100.0 * s.unsafe / nullif(s.safe + s.unsafe, 0), 2), round(s.clarity / nullif(s.clarities, 0), 2),
                   round(s.accuracy / nullif(s.accuracies, 0), 2), round(s.tone / nullif(s.tones, 0), 2),
                   coalesce(cardinality(a.names), 0)::bigint,
                   u.unit_end <= (SELECT min(p.as_of) FROM agentpulse.pipeline_status p),
                   u.unit_start >= (SELECT r.complete_from FROM agentpulse.history_reach r
                                     WHERE r.history_table = 'training_history' AND r.bucket = '15m')
              FROM summed s
              LEFT JOIN label l ON l.dataset = s.dataset AND l.midnight = s.midnight
              LEFT JOIN annotator a ON a.dataset = s.dataset AND a.midnight = s.midnight
             CROSS JOIN LATERAL agentpulse.zone_unit($1, $2, s.some_start) u
             ORDER BY s.dataset, u.unit_start;
    END
    $by$;

COMMENT ON FUNCTION agentpulse.training_history_by(text, text, timestamptz, timestamptz) IS
    'History of feedback by day, week (from Monday), month or year of a time zone, as agent_history_by. Labels and annotators '
    'ascend, each with how often it occurs in the unit.';
