-- A correction of history changes a few values of a distribution of thousands: they are put where they belong, and the rest
-- is neither taken apart nor sorted. An entry is looked for by itself and not by its place, because texts have no order that
-- Postgres and Java share: one goes by the bytes of the database's encoding, the other by UTF-16.

CREATE FUNCTION agentpulse.corrected_distribution(
    INOUT held anycompatiblearray, INOUT times integer[], more anycompatiblearray, more_times integer[])
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
    AS $corrected$
    DECLARE
        place integer;
        changed integer;
    BEGIN
        -- Each single value costs a copy of the arrays, so many are added up as a set.
        IF 8 * (cardinality(more) - 4) > cardinality(held) THEN
            SELECT coalesce(array_agg(s.value ORDER BY s.value), '{}'), coalesce(array_agg(s.times ORDER BY s.value), '{}')
              INTO held, times
              FROM (SELECT e.value, sum(e.times)::integer AS times
                      FROM (SELECT unnest(held) AS value, unnest(times) AS times
                            UNION ALL SELECT unnest(more), unnest(more_times)) AS e
                     GROUP BY e.value HAVING sum(e.times) <> 0) AS s;
            RETURN;
        END IF;
        FOR i IN 1 .. cardinality(more) LOOP
            place := array_position(held, more[i]);
            IF place IS NOT NULL THEN
                changed := times[place] + more_times[i];
                IF changed <> 0 THEN
                    times[place] := changed;
                ELSE
                    held := held[: place - 1] || held[place + 1 :];
                    times := times[: place - 1] || times[place + 1 :];
                END IF;
            ELSE
                -- Behind the last one that is not greater.
                place := width_bucket(more[i], held);
                held := held[: place] || more[i] || held[place + 1 :];
                times := times[: place] || more_times[i] || times[place + 1 :];
            END IF;
        END LOOP;
    END
    $corrected$;

COMMENT ON FUNCTION agentpulse.corrected_distribution(anycompatiblearray, integer[], anycompatiblearray, integer[]) IS
    'For the job: values, and how often each occurs, with others added; a count may be below zero, and what comes to zero is '
    'left out. Numbers that ascend do so still.';

CREATE FUNCTION agentpulse.distribution_figures(
    held integer[], times integer[], percents integer[], near integer[], bound integer,
    OUT percentiles integer[], OUT up_to bigint, OUT total bigint)
    LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp
    AS $figures$
    DECLARE
        places integer[];
        sums bigint[];
        place integer := 0;
        next integer;
        goal bigint;
    BEGIN
        total := 0;
        -- A sum of many is cheap and a step of a loop is not: so percentiles are looked for from where they were.
        FOR i IN 1 .. cardinality(percents) LOOP
            next := greatest(place, width_bucket(coalesce(near[i], 0), held));
            total := total + coalesce((SELECT sum(e.n) FROM (SELECT unnest(times[place + 1 : next]) AS n) AS e), 0);
            place := next;
            places[i] := place;
            sums[i] := total;
        END LOOP;
        total := total + coalesce((SELECT sum(e.n) FROM (SELECT unnest(times[place + 1 :]) AS n) AS e), 0);
        FOR i IN 1 .. cardinality(percents) LOOP
            -- The least number that is at least the share.
            goal := (percents[i] * total + 99) / 100;
            place := places[i];
            up_to := sums[i];
            WHILE up_to < goal LOOP
                place := place + 1;
                up_to := up_to + times[place];
            END LOOP;
            WHILE place > 0 AND up_to - times[place] >= goal LOOP
                up_to := up_to - times[place];
                place := place - 1;
            END LOOP;
            percentiles[i] := held[place];
        END LOOP;
        up_to := coalesce((SELECT sum(e.n) FROM (SELECT unnest(times[: width_bucket(bound, held)]) AS n) AS e), 0);
    END
    $figures$;

COMMENT ON FUNCTION agentpulse.distribution_figures(integer[], integer[], integer[], integer[], integer) IS
    'For the job: percentiles as percentile_disc gives them, ascending, how many values are up to a bound, and how many there '
    'are. Fast if the percentiles lie near those that are given.';

REVOKE EXECUTE ON FUNCTION
    agentpulse.corrected_distribution(anycompatiblearray, integer[], anycompatiblearray, integer[]),
    agentpulse.distribution_figures(integer[], integer[], integer[], integer[], integer)
    FROM PUBLIC;

COMMENT ON COLUMN agentpulse.agent_performance_history.slow_query_count IS
    'Queries with a latency above agentpulse.alert.slow-query-ms, as it was when a latency of the row last changed.';
COMMENT ON COLUMN agentpulse.approval_history.within_sla_count IS
    'Decisions that took at most agentpulse.sla.threshold, as it was when a decision of the row last changed.';
