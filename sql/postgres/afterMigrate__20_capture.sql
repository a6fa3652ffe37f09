-- What the change stream needs of the source tables: full before images, membership in the publication, and the capture
-- role's right to read. Runs at the end of every migration, so that a table that was made anew, a new partition or
-- another table name is taken in. Does only what is missing; a statement that the migrating user may not run is told.

-- Rather give up than queue behind a long transaction: whoever waits for this lock holds up every writer of the table.
SET LOCAL lock_timeout = '5s';

DO $capture$
DECLARE
    me constant text := quote_ident(current_user);
    publication constant text := '${publication}';
    publication_owner oid;
    captured text[] := ARRAY['agentpulse.heartbeat'];
    source text;
    part record;
    -- Statements that somebody else has to run.
    left_over text[] := '{}';
    statement text;
BEGIN
    FOREACH source IN ARRAY ARRAY['${queries_table}', '${approvals_table}', '${feedback_table}'] LOOP
        IF to_regclass(source) IS NULL THEN
            RAISE EXCEPTION 'The source table % does not exist in database %: create it or name the right table, '
                'then migrate again.', source, current_database();
        END IF;

        SELECT array_append(captured, format('%I.%I', n.nspname, c.relname))
          INTO captured
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.oid = to_regclass(source);

        -- A partition does not inherit the replica identity.
        FOR part IN
            SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_has_role(c.relowner, 'USAGE') AS mine
              FROM (SELECT to_regclass(source) UNION SELECT relid FROM pg_partition_tree(to_regclass(source))) t (oid)
              JOIN pg_class c ON c.oid = t.oid
              JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relreplident <> 'f'
        LOOP
            statement := format('ALTER TABLE %s REPLICA IDENTITY FULL', part.name);
            IF part.mine THEN
                EXECUTE statement;
            ELSE
                left_over := left_over || statement;
            END IF;
        END LOOP;

        IF NOT has_table_privilege('agentpulse_capture', to_regclass(source), 'SELECT') THEN
            statement := format('GRANT SELECT ON %s TO agentpulse_capture', to_regclass(source));
            IF has_table_privilege(to_regclass(source), 'SELECT WITH GRANT OPTION') THEN
                EXECUTE statement;
            ELSE
                left_over := left_over || statement;
            END IF;
        END IF;

        FOR part IN
            SELECT n.nspname AS name
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.oid = to_regclass(source)
               AND NOT has_schema_privilege('agentpulse_capture', n.oid, 'USAGE')
        LOOP
            statement := format('GRANT USAGE ON SCHEMA %I TO agentpulse_capture', part.name);
            IF has_schema_privilege(part.name, 'USAGE WITH GRANT OPTION') THEN
                EXECUTE statement;
            ELSIF NOT statement = ANY (left_over) THEN
                left_over := left_over || statement;
            END IF;
        END LOOP;
    END LOOP;

    SELECT pubowner INTO publication_owner FROM pg_publication WHERE pubname = publication;
    IF publication_owner IS NULL THEN
        statement := format('CREATE PUBLICATION %I FOR TABLE %s WITH (publish = ''insert, update, delete, truncate'', '
            'publish_via_partition_root = true)', publication, array_to_string(captured, ', '));
        -- Takes the ownership of every table, and CREATE on the database.
        IF has_database_privilege(current_database(), 'CREATE') AND NOT EXISTS (
            SELECT FROM unnest(captured) t JOIN pg_class c ON c.oid = t::regclass
             WHERE NOT pg_has_role(c.relowner, 'USAGE'))
        THEN
            EXECUTE statement;
        ELSE
            left_over := left_over || statement;
        END IF;
    ELSE
        IF EXISTS (SELECT FROM pg_publication WHERE pubname = publication
                      AND NOT (pubinsert AND pubupdate AND pubdelete AND pubtruncate AND pubviaroot))
        THEN
            statement := format('ALTER PUBLICATION %I SET (publish = ''insert, update, delete, truncate'', '
                'publish_via_partition_root = true)', publication);
            IF pg_has_role(publication_owner, 'USAGE') THEN
                EXECUTE statement;
            ELSE
                left_over := left_over || statement;
            END IF;
        END IF;
        FOR part IN
            SELECT t AS name, pg_has_role(c.relowner, 'USAGE') AND pg_has_role(publication_owner, 'USAGE') AS mine
              FROM unnest(captured) t
              JOIN pg_class c ON c.oid = t::regclass
             WHERE NOT EXISTS (
                SELECT FROM pg_publication_tables p
                 WHERE p.pubname = publication AND format('%I.%I', p.schemaname, p.tablename) = t)
        LOOP
            statement := format('ALTER PUBLICATION %I ADD TABLE %s', publication, part.name);
            IF part.mine THEN
                EXECUTE statement;
            ELSE
                left_over := left_over || statement;
            END IF;
        END LOOP;
    END IF;

    IF left_over <> '{}' THEN
        RAISE EXCEPTION 'User % does not own all that the change stream needs: have the owner of the tables, or a '
            'superuser, run "%;", then migrate again.', me, array_to_string(left_over, '; ');
    END IF;
EXCEPTION
    WHEN lock_not_available THEN
        RAISE EXCEPTION 'A source table is held by a transaction that has been open for more than 5 s, so its replica '
            'identity cannot be set: end that transaction (SELECT pid, query FROM pg_stat_activity ORDER BY '
            'xact_start), then migrate again.';
END
$capture$;
