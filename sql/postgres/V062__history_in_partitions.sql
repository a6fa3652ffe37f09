-- The history tables in partitions: by the length of the bucket, below it by time. Rows that are there are moved.

DO $stopped$
BEGIN
    -- One of before would remove rows by where they lie in a table, which says nothing any more.
    IF EXISTS (SELECT FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'agentpulse tick writer')
    THEN
        RAISE EXCEPTION 'A job is writing history, which is moved into partitions now: stop the job (with a savepoint), '
            'migrate again, and start this version from the savepoint.';
    END IF;
END
$stopped$;

LOCK TABLE agentpulse.agent_performance_history, agentpulse.approval_history, agentpulse.training_history;

DO $partitioned$
DECLARE
    parent text;
    subject text;
    length text;
    plain regclass;
    view record;
    span record;
    statement text;
    -- What is to be made for the new table as it was for the old one.
    again text[];
    moved bigint;
BEGIN
    -- pg_get_viewdef leaves out what is on the search path.
    SET LOCAL search_path = pg_catalog, pg_temp;
    FOREACH parent IN ARRAY ARRAY['agent_performance_history', 'approval_history', 'training_history'] LOOP
        plain := format('agentpulse.%I', parent)::regclass;
        subject := CASE parent WHEN 'agent_performance_history' THEN 'agent' WHEN 'approval_history' THEN 'queue'
            ELSE 'dataset' END;

        -- What hangs on the table, ours or the users': views, policies and grants.
        again := '{}';
        FOR view IN
            SELECT DISTINCT c.oid, c.oid::regclass AS name, c.relkind, c.reloptions
              FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class c ON c.oid = r.ev_class
             WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = plain
               AND c.oid <> plain
        LOOP
            IF view.relkind <> 'v' THEN
                RAISE EXCEPTION 'Drop %, which reads %, make it anew afterwards, and migrate again.', view.name, plain;
            END IF;
            again := again || format('CREATE OR REPLACE VIEW %s %s AS %s', view.name,
                coalesce('WITH (' || array_to_string(view.reloptions, ', ') || ')', ''), pg_get_viewdef(view.oid));
        END LOOP;
        again := again || ARRAY(
            SELECT format('CREATE POLICY %I ON %s AS %s FOR %s TO %s %s %s', p.policyname, plain, p.permissive, p.cmd,
                      (SELECT string_agg(CASE r WHEN 'public' THEN 'PUBLIC' ELSE quote_ident(r) END, ', ') FROM unnest(p.roles) r),
                      'USING (' || p.qual || ')', 'WITH CHECK (' || p.with_check || ')')
          FROM pg_policies p WHERE p.schemaname = 'agentpulse' AND p.tablename = parent);
        again := again || ARRAY(
        SELECT format('GRANT %s%s ON %s TO %s%s', a.privilege_type, a.of_column, plain,
                      CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
                      CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
          FROM (
            SELECT c.relowner, '' AS of_column, e.* FROM pg_class c, aclexplode(c.relacl) e WHERE c.oid = plain
            UNION ALL
            SELECT c.relowner, format(' (%I)', t.attname), e.*
              FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) e WHERE c.oid = plain) a
         WHERE a.grantee <> a.relowner);

        EXECUTE format('ALTER TABLE %s RENAME TO %I', plain, parent || '_plain');
        EXECUTE format('ALTER INDEX agentpulse.%I RENAME TO %I', parent || '_pkey', parent || '_plain_pkey');
        EXECUTE format('ALTER INDEX agentpulse.%I RENAME TO %I', parent || '_oldest', parent || '_plain_oldest');
        EXECUTE format('CREATE TABLE agentpulse.%I (LIKE %s INCLUDING ALL EXCLUDING INDEXES, '
            'PRIMARY KEY (%I, bucket, bucket_start, zone)) PARTITION BY LIST (bucket)', parent, plain, subject);
        EXECUTE format('CREATE INDEX %I ON agentpulse.%I (bucket, bucket_start)', parent || '_oldest', parent);
        EXECUTE format('COMMENT ON TABLE agentpulse.%I IS %L', parent, obj_description(plain, 'pg_class'));
        EXECUTE format('ALTER TABLE agentpulse.%I ENABLE ROW LEVEL SECURITY', parent);
        FOREACH length IN ARRAY ARRAY['1m', '15m', '1h', '1d'] LOOP
            EXECUTE format('CREATE TABLE agentpulse.%I (LIKE agentpulse.%I INCLUDING ALL EXCLUDING INDEXES) '
                'PARTITION BY RANGE (bucket_start)', parent || '_' || length, parent);
            EXECUTE format('COMMENT ON TABLE agentpulse.%I IS %L', parent || '_' || length,
                format('Buckets of %s of %s, in partitions by time.', length, parent));
            EXECUTE format('ALTER TABLE agentpulse.%I ENABLE ROW LEVEL SECURITY', parent || '_' || length);
            EXECUTE format('ALTER TABLE agentpulse.%I ATTACH PARTITION agentpulse.%I FOR VALUES IN (%L)', parent,
                parent || '_' || length, length);
            PERFORM agentpulse.make_history_partition(parent, length, now(), true);
        END LOOP;

        -- The newest first, so that what lies far back shares a partition below those of the newer rows.
        FOR span IN EXECUTE format('SELECT DISTINCT bucket, date_trunc(''day'', bucket_start, ''UTC'') AS at FROM %s '
            'ORDER BY at DESC', plain)
        LOOP
            PERFORM agentpulse.make_history_partition(parent, span.bucket, span.at, true);
        END LOOP;
        EXECUTE (SELECT format('INSERT INTO agentpulse.%1$I (%2$s) SELECT %2$s FROM %3$s', parent,
                               string_agg(quote_ident(attname), ', ' ORDER BY attnum), plain)
                   FROM pg_attribute WHERE attrelid = plain AND attnum > 0 AND NOT attisdropped AND attgenerated = '');
        -- A partition that was empty when it was looked at is taken for empty later on, too.
        GET DIAGNOSTICS moved = ROW_COUNT;
        IF moved > 0 THEN
            EXECUTE format('ANALYZE agentpulse.%I', parent);
        END IF;
        FOREACH statement IN ARRAY again LOOP
            EXECUTE statement;
        END LOOP;
        EXECUTE format('DROP TABLE %s', plain);
    END LOOP;
END
$partitioned$;
