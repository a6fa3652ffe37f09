-- An empty search path is not empty: types and tables are looked for in the temporary schema of whoever calls, before
-- pg_catalog. A domain by the name of a built-in type, with a check of its maker's, would run with the rights of the owner of
-- these functions. Where pg_temp is named, it comes last.
DO $search_paths$
DECLARE
    ours regprocedure;
BEGIN
    FOR ours IN SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'agentpulse'::regnamespace LOOP
        EXECUTE pg_catalog.format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', ours);
    END LOOP;
END
$search_paths$;
