-- allow_reading beside a job that writes and dashboards that read: a policy locks its table against everybody, and so many
-- locks one after the other, each held to the end, meet transactions that take the same tables in another order. That is a
-- deadlock, of which Postgres ends one side. So all of them are taken before the first change, and given back as soon as one
-- takes long.
CREATE OR REPLACE FUNCTION agentpulse.allow_reading(reader regrole) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $allow$
    DECLARE
        -- All locks together stay below deadlock_timeout (1 s), so that nobody who waits for one of ours is ended.
        patience constant text := '20ms';
        policy constant text := 'agentpulse_read_by_' || reader::oid;
        before constant text := current_setting('lock_timeout');
        closed regclass[];
        relation regclass;
    BEGIN
        EXECUTE format('GRANT USAGE ON SCHEMA agentpulse TO %s', reader);
        SELECT array_agg(p.polrelid ORDER BY p.polrelid) INTO closed
          FROM pg_policy p
         WHERE p.polname = 'agentpulse_read' AND p.polrelid <> 'agentpulse.rejected_change'::regclass
           AND NOT EXISTS (SELECT FROM pg_policy o WHERE o.polrelid = p.polrelid AND o.polname = policy);
        WHILE closed IS NOT NULL LOOP
            BEGIN
                PERFORM set_config('lock_timeout', patience, true);
                EXECUTE format('LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE', array_to_string(closed, ', ONLY '));
                PERFORM set_config('lock_timeout', before, true);
                EXIT;
            EXCEPTION
                -- The locks that were taken go with the block.
                WHEN lock_not_available OR deadlock_detected THEN
                    IF clock_timestamp() > statement_timestamp() + interval '15 s' THEN
                        RAISE EXCEPTION USING ERRCODE = 'lock_not_available',
                            MESSAGE = format('%s was not let in: the results have been in use all the time, and a policy needs '
                                'each table for a moment.', reader),
                            HINT = 'Call it again when no transaction stays open on the results: SELECT pid, state, query '
                                'FROM pg_stat_activity WHERE xact_start IS NOT NULL ORDER BY xact_start';
                    END IF;
                    PERFORM pg_sleep(0.03);
            END;
        END LOOP;
        FOR relation IN
            SELECT p.polrelid FROM pg_policy p
             WHERE p.polname = 'agentpulse_read' AND p.polrelid <> 'agentpulse.rejected_change'::regclass
        LOOP
            EXECUTE format('GRANT SELECT ON %s TO %s', relation, reader);
            -- Looked for once more: another session may have let the same role in while this one waited.
            IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = relation AND p.polname = policy) THEN
                EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO %s USING (true)', policy, relation, reader);
            END IF;
        END LOOP;
        FOR relation IN SELECT v FROM agentpulse.own_views() v LOOP
            EXECUTE format('GRANT SELECT ON %s TO %s', relation, reader);
        END LOOP;
    END
    $allow$;
