-- Partitions of the history tables: which there are, and how the writer, who owns nothing, has them made and dropped. Why
-- they are cut like this: docs/decisions/0011-history.md.

CREATE FUNCTION agentpulse.history_partition_start(bucket text, at timestamptz) RETURNS timestamptz
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    AS $start$
        SELECT date_trunc(CASE bucket WHEN '1m' THEN 'day' WHEN '1d' THEN 'year' ELSE 'week' END, at, 'UTC')
    $start$;

COMMENT ON FUNCTION agentpulse.history_partition_start(text, timestamptz) IS
    'Start of the day, week or year (UTC) whose buckets of a length share a partition.';

-- By the bounds that the catalog holds, whatever the tables are called.
CREATE FUNCTION agentpulse.history_partitions(history_table text)
    RETURNS TABLE (bucket text, partition regclass, since timestamptz, until timestamptz)
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
    SET datestyle = 'ISO, YMD'
    AS $partitions$
        SELECT l.bucket, p.inhrelid::regclass,
               CASE b.bound[1] WHEN 'MINVALUE' THEN '-infinity'::timestamptz ELSE btrim(b.bound[1], '''')::timestamptz END,
               CASE b.bound[2] WHEN 'MAXVALUE' THEN 'infinity'::timestamptz ELSE btrim(b.bound[2], '''')::timestamptz END
          FROM pg_inherits i
          JOIN pg_class branch ON branch.oid = i.inhrelid
          CROSS JOIN LATERAL substring(pg_get_expr(branch.relpartbound, branch.oid)
                                       FROM $re$^FOR VALUES IN \('([^']*)'\)$$re$) AS l (bucket)
          JOIN pg_inherits p ON p.inhparent = branch.oid
          JOIN pg_class c ON c.oid = p.inhrelid
          CROSS JOIN LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid),
                                          $re$^FOR VALUES FROM \(([^)]*)\) TO \(([^)]*)\)$$re$) AS b (bound)
         WHERE i.inhparent = to_regclass(format('agentpulse.%I', history_table))
           AND l.bucket IS NOT NULL AND b.bound IS NOT NULL
    $partitions$;

COMMENT ON FUNCTION agentpulse.history_partitions(text) IS
    'The partitions of a history table: the length of their buckets, and from when until when those begin.';

CREATE FUNCTION agentpulse.make_history_partition(
    history_table text, bucket text, at timestamptz, everywhere boolean, OUT since timestamptz, OUT until timestamptz)
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
    SET datestyle = 'ISO, YMD'
    SET default_tablespace = ''
    AS $make$
    #variable_conflict use_variable
    DECLARE
        branch regclass;
        first timestamptz;
        single_from timestamptz;
        stem text;
        name text;
        grantee text;
        others integer := 0;
    BEGIN
        IF at IS NULL OR NOT isfinite(at) OR everywhere IS NULL
           OR NOT coalesce(history_table = ANY ('{agent_performance_history,approval_history,training_history}'), false)
           OR NOT coalesce(bucket = ANY ('{1m,15m,1h,1d}'), false)
        THEN
            RAISE EXCEPTION 'There are no partitions of % for buckets of % at %.', history_table, bucket, at
                USING ERRCODE = '22023';
        END IF;
        SELECT p.since, p.until INTO since, until FROM agentpulse.history_partitions(history_table) p
         WHERE p.bucket = make_history_partition.bucket AND p.since <= at AND p.until > at;
        IF FOUND THEN
            RETURN;
        END IF;
        -- Where history is not complete nothing is written, so a wild time makes nothing.
        IF NOT everywhere AND NOT EXISTS (
            SELECT FROM agentpulse.history_reach r
             WHERE r.history_table = make_history_partition.history_table AND r.bucket = make_history_partition.bucket
               AND r.complete_from <= at)
        THEN
            since := '-infinity';
            until := (SELECT r.complete_from FROM agentpulse.history_reach r
                       WHERE r.history_table = make_history_partition.history_table
                         AND r.bucket = make_history_partition.bucket);
            RETURN;
        END IF;

        SELECT i.inhrelid::regclass INTO STRICT branch FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = to_regclass(format('agentpulse.%I', history_table))
           AND pg_get_expr(c.relpartbound, c.oid) = format('FOR VALUES IN (%L)', bucket);
        EXECUTE format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE', branch);
        SELECT p.since, p.until INTO since, until FROM agentpulse.history_partitions(history_table) p
         WHERE p.bucket = make_history_partition.bucket AND p.since <= at AND p.until > at;
        IF FOUND THEN
            RETURN;
        END IF;

        IF (SELECT count(*) FROM agentpulse.history_partitions(history_table) p
             WHERE p.bucket = make_history_partition.bucket AND p.since > now()) >= 16
           AND at > now()
        THEN
            RAISE EXCEPTION 'There are enough partitions of % for buckets of % ahead of the time: none is made for %.',
                history_table, bucket, at USING ERRCODE = '54000';
        END IF;

        -- What lies so far back shares one partition, however many days, weeks and years it is.
        single_from := agentpulse.history_partition_start(bucket, now() - CASE bucket
            WHEN '1m' THEN interval '100 days' WHEN '1d' THEN interval '20 years' ELSE interval '2 years' END);
        SELECT min(p.since) INTO first FROM agentpulse.history_partitions(history_table) p
         WHERE p.bucket = make_history_partition.bucket;
        stem := format('%s_%s', history_table, bucket);
        IF at < single_from AND at < coalesce(first, 'infinity') THEN
            since := '-infinity';
            until := least(single_from, first);
            name := stem || '_before';
        ELSE
            since := agentpulse.history_partition_start(bucket, at);
            until := agentpulse.history_partition_start(bucket, since + CASE bucket
                WHEN '1m' THEN interval '36 hours' WHEN '1d' THEN interval '370 days' ELSE interval '10 days' END);
            -- Somebody may have cut a neighbour otherwise.
            SELECT greatest(since, max(p.until) FILTER (WHERE p.until <= at)), least(until, min(p.since) FILTER (WHERE p.since > at))
              INTO since, until FROM agentpulse.history_partitions(history_table) p
             WHERE p.bucket = make_history_partition.bucket;
            name := stem || to_char(since, '_YYYYMMDD');
        END IF;
        -- A table that somebody has detached keeps its name.
        WHILE to_regclass(format('agentpulse.%I', name)) IS NOT NULL LOOP
            others := others + 1;
            name := stem || to_char(nullif(since, '-infinity'), '_YYYYMMDD') || '_' || others;
            name := coalesce(name, stem || '_before_' || others);
        END LOOP;

        -- Made apart and attached, so that neither readers nor writers of the other partitions wait.
        EXECUTE format('CREATE TABLE agentpulse.%I (LIKE %s INCLUDING ALL EXCLUDING INDEXES) '
            'WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05)', name, branch);
        EXECUTE format('COMMENT ON TABLE agentpulse.%I IS %L', name,
            format('Buckets of %s with bucket_start before %s%s', history_table, until,
                   coalesce(', from ' || nullif(since, '-infinity'), '')));
        -- Read and written by way of the history table only, whatever default privileges say; no policy opens it.
        EXECUTE format('ALTER TABLE agentpulse.%I ENABLE ROW LEVEL SECURITY', name);
        FOR grantee IN
            SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
              FROM pg_class c, aclexplode(c.relacl) a
             WHERE c.oid = format('agentpulse.%I', name)::regclass AND a.grantee <> c.relowner
        LOOP
            EXECUTE format('REVOKE ALL ON agentpulse.%I FROM %s', name, grantee);
        END LOOP;
        EXECUTE format('ALTER TABLE %s ATTACH PARTITION agentpulse.%I FOR VALUES FROM (%s) TO (%L)', branch, name,
            coalesce(quote_literal(nullif(since, '-infinity')), 'MINVALUE'), until);
    END
    $make$;

COMMENT ON FUNCTION agentpulse.make_history_partition(text, text, timestamptz, boolean) IS
    'For the job: makes the partition for a bucket that begins then, if there is none; where history is not complete only if '
    'asked for everywhere. Answers for which times nothing more has to be made.';

CREATE FUNCTION agentpulse.drop_history_partition(history_table text, bucket text, kept_from timestamptz) RETURNS bigint
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET timezone = 'UTC'
    SET datestyle = 'ISO, YMD'
    -- Whoever reads the table waits behind this one, so it gives up soon; the job asks again.
    SET lock_timeout = '200ms'
    AS $drop$
    DECLARE
        old regclass;
        removed bigint;
    BEGIN
        -- Not the newest, nothing that readers are told is complete, and nothing of a day ago, whatever the caller's clock says.
        SELECT p.partition INTO old FROM agentpulse.history_partitions(drop_history_partition.history_table) p
         WHERE drop_history_partition.history_table
               = ANY ('{agent_performance_history,approval_history,training_history}')
           AND p.bucket = drop_history_partition.bucket
           AND p.until <= drop_history_partition.kept_from AND p.until <= now() - interval '1 day'
           AND p.until <= (SELECT r.complete_from FROM agentpulse.history_reach r
                            WHERE r.history_table = drop_history_partition.history_table
                              AND r.bucket = drop_history_partition.bucket)
           AND EXISTS (SELECT FROM agentpulse.history_partitions(drop_history_partition.history_table) later
                        WHERE later.bucket = p.bucket AND later.since >= p.until)
         ORDER BY p.until LIMIT 1;
        IF old IS NULL THEN
            RETURN NULL;
        END IF;
        EXECUTE format('SELECT count(*) FROM %s', old) INTO removed;
        -- First what may hold up the partition alone (an autovacuum), so that nobody waits longer than for the other.
        EXECUTE format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE NOWAIT', old);
        EXECUTE format('DROP TABLE %s', old);
        RETURN removed;
    END
    $drop$;

COMMENT ON FUNCTION agentpulse.drop_history_partition(text, text, timestamptz) IS
    'For the job: drops the oldest partition of a length if all its buckets begin before then and history is not complete '
    'there any more, and answers how many rows that were; null if there is none. Fails (55P03) rather than make readers wait '
    'for more than 200 ms.';

REVOKE EXECUTE ON FUNCTION
    agentpulse.history_partition_start(text, timestamptz), agentpulse.history_partitions(text),
    agentpulse.make_history_partition(text, text, timestamptz, boolean),
    agentpulse.drop_history_partition(text, text, timestamptz)
    FROM PUBLIC;
