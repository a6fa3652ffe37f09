-- Who may do what. Runs at the end of every migration, so that a role that was dropped, or a database that was restored
-- into another server, is put right.
--
--   agentpulse_capture   reads the change stream: the source tables and the heartbeat (rights: 20_capture); and for the
--                        self-audit what they are compared with
--   agentpulse_writer    writes results and the heartbeat; cannot read a source table
--   agentpulse_reader    reads results and views, and may acknowledge an alert and write a note on it
--
-- The roles cannot log in until someone gives them LOGIN and a password: see docs/tables.md. No password belongs here.

DO $create_roles$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['agentpulse_capture', 'agentpulse_writer', 'agentpulse_reader'] LOOP
        IF to_regrole(role_name) IS NULL THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
    END LOOP;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'User % may not create roles: have an administrator run "CREATE ROLE agentpulse_capture NOLOGIN '
            'REPLICATION BYPASSRLS; CREATE ROLE agentpulse_writer NOLOGIN; CREATE ROLE agentpulse_reader NOLOGIN;", '
            'then migrate again.', current_user;
END
$create_roles$;

-- Row level security filters the initial snapshot but not the stream, so the capture role must see every row.
DO $capture_attributes$
DECLARE
    capture pg_roles;
BEGIN
    SELECT * INTO capture FROM pg_roles WHERE rolname = 'agentpulse_capture';
    IF NOT capture.rolreplication THEN
        BEGIN
            ALTER ROLE agentpulse_capture REPLICATION;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING 'User % may not grant REPLICATION: have an administrator run "ALTER ROLE agentpulse_capture '
                'REPLICATION".', current_user;
        END;
    END IF;
    IF NOT capture.rolbypassrls THEN
        BEGIN
            ALTER ROLE agentpulse_capture BYPASSRLS;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING 'User % may not grant BYPASSRLS: if a source table has row level security, have an '
                'administrator run "ALTER ROLE agentpulse_capture BYPASSRLS".', current_user;
        END;
    END IF;
END
$capture_attributes$;

GRANT USAGE ON SCHEMA agentpulse TO agentpulse_capture, agentpulse_writer, agentpulse_reader;

GRANT SELECT ON agentpulse.heartbeat TO agentpulse_capture;
-- The self-audit compares results with the source tables in one snapshot, so one role has to read both.
GRANT SELECT ON
    agentpulse.agent_performance, agentpulse.agent_health, agentpulse.approval_queue, agentpulse.approval_activity,
    agentpulse.training_quality, agentpulse.annotator_activity,
    agentpulse.agent_performance_history, agentpulse.approval_history, agentpulse.training_history,
    agentpulse.history_reach, agentpulse.pipeline_status, agentpulse.rejected_change
    TO agentpulse_capture;

-- INSERT to put the row back, should somebody delete it.
GRANT SELECT, INSERT, UPDATE ON agentpulse.heartbeat TO agentpulse_writer;
GRANT SELECT, INSERT, UPDATE ON agentpulse.pipeline_status TO agentpulse_writer;
-- DELETE where a job that starts anew replaces what an earlier one left, and where retention removes rows.
GRANT SELECT, INSERT, UPDATE, DELETE ON
    agentpulse.agent_performance, agentpulse.agent_health, agentpulse.approval_queue, agentpulse.approval_activity,
    agentpulse.training_quality, agentpulse.annotator_activity,
    agentpulse.agent_performance_history, agentpulse.approval_history, agentpulse.training_history,
    agentpulse.history_reach, agentpulse.history_progress,
    agentpulse.agent_trend, agentpulse.agent_forecast, agentpulse.agent_quality, agentpulse.approval_forecast,
    agentpulse.alert_record, agentpulse.channel_event, agentpulse.rejected_change,
    agentpulse.audit_result, agentpulse.audit_proof, agentpulse.audit_oracle, agentpulse.data_quality_daily,
    agentpulse.annotator_agreement
    TO agentpulse_writer;
GRANT SELECT, INSERT, DELETE ON agentpulse.source_shape TO agentpulse_writer;
-- TRUNCATE gives the room of a large transaction back at once.
GRANT SELECT, INSERT, DELETE, TRUNCATE ON agentpulse.staged_record TO agentpulse_writer;
GRANT USAGE ON SEQUENCE agentpulse.channel_event_seq TO agentpulse_writer;
GRANT EXECUTE ON FUNCTION
    agentpulse.note_retention(text[], bigint[], bigint[], bigint[], text[]),
    agentpulse.history_partitions(text),
    agentpulse.make_history_partition(text, text, timestamptz, boolean),
    agentpulse.drop_history_partition(text, text, timestamptz),
    agentpulse.corrected_distribution(anycompatiblearray, integer[], anycompatiblearray, integer[]),
    agentpulse.distribution_figures(integer[], integer[], integer[], integer[], integer)
    TO agentpulse_writer;

GRANT SELECT ON
    agentpulse.agent_performance, agentpulse.agent_health, agentpulse.approval_queue, agentpulse.approval_activity,
    agentpulse.training_quality, agentpulse.annotator_activity, agentpulse.pipeline_status,
    agentpulse.agent_performance_history, agentpulse.approval_history, agentpulse.training_history,
    agentpulse.history_reach, agentpulse.history_progress,
    agentpulse.agent_trend, agentpulse.agent_forecast, agentpulse.agent_quality, agentpulse.approval_forecast,
    agentpulse.agent_capacity, agentpulse.agent_headroom,
    agentpulse.alert, agentpulse.alert_record, agentpulse.acknowledgement, agentpulse.incident_note,
    agentpulse.channel_event, agentpulse.rejected_change, agentpulse.retention_state,
    agentpulse.audit_result, agentpulse.audit_proof, agentpulse.audit_oracle, agentpulse.data_quality_daily,
    agentpulse.data_quality_score, agentpulse.annotator_agreement,
    agentpulse.all_agents_history, agentpulse.all_agents_forecast, agentpulse.audit_today, agentpulse.readable_table
    TO agentpulse_reader;
GRANT EXECUTE ON FUNCTION
    agentpulse.proof_sql(text, jsonb), agentpulse.audit_summary(),
    agentpulse.agent_history_by(text, text, timestamptz, timestamptz),
    agentpulse.approval_history_by(text, text, timestamptz, timestamptz),
    agentpulse.training_history_by(text, text, timestamptz, timestamptz),
    agentpulse.zone_unit(text, text, timestamptz), agentpulse.weighted_percentiles(integer[], bigint[], integer[])
    TO PUBLIC;

REVOKE EXECUTE ON FUNCTION agentpulse.acknowledge_alert(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    agentpulse.acknowledge_alert(text, text), agentpulse.acknowledge_alert(text), agentpulse.unacknowledge_alert(text),
    agentpulse.note_incident(text, text)
    TO agentpulse_reader;

-- Row level security is on for every table; these policies open it again, for our roles and nobody else.
-- A policy is made only when it is missing, for making one locks the table.
DO $policies$
DECLARE
    result_table regclass;
BEGIN
    FOR result_table IN
        SELECT oid FROM pg_class
         WHERE relnamespace = 'agentpulse'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'schema_history'
           -- Partitions are read and written by way of their table: nothing opens them.
           AND NOT relispartition
           -- These only functions write, and 17_compliance says who reads them.
           AND relname NOT IN ('audit_log', 'audit_head', 'audit_pending', 'retention_run')
    LOOP
        -- What only the job needs.
        IF result_table NOT IN ('agentpulse.heartbeat'::regclass, 'agentpulse.source_shape'::regclass,
                                'agentpulse.staged_record'::regclass)
           AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = result_table AND polname = 'agentpulse_read')
        THEN
            EXECUTE format('CREATE POLICY agentpulse_read ON %s FOR SELECT TO agentpulse_reader USING (true)',
                result_table);
        END IF;
        -- What people write is not the job's.
        IF result_table NOT IN ('agentpulse.acknowledgement'::regclass, 'agentpulse.incident_note'::regclass)
           AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = result_table AND polname = 'agentpulse_write')
        THEN
            EXECUTE format('CREATE POLICY agentpulse_write ON %s TO agentpulse_writer USING (true) WITH CHECK (true)',
                result_table);
        END IF;
    END LOOP;
    FOREACH result_table IN ARRAY ARRAY[
        'agentpulse.agent_performance', 'agentpulse.agent_health', 'agentpulse.approval_queue',
        'agentpulse.approval_activity', 'agentpulse.training_quality', 'agentpulse.annotator_activity',
        'agentpulse.agent_performance_history', 'agentpulse.approval_history', 'agentpulse.training_history',
        'agentpulse.history_reach', 'agentpulse.pipeline_status', 'agentpulse.rejected_change']::regclass[]
    LOOP
        IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = result_table AND polname = 'agentpulse_self_audit') THEN
            EXECUTE format('CREATE POLICY agentpulse_self_audit ON %s FOR SELECT TO agentpulse_capture USING (true)',
                result_table);
        END IF;
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = 'agentpulse.heartbeat'::regclass
                                           AND polname = 'agentpulse_capture')
    THEN
        CREATE POLICY agentpulse_capture ON agentpulse.heartbeat FOR SELECT TO agentpulse_capture USING (true);
    END IF;
END
$policies$;
