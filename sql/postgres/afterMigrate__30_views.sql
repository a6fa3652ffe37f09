-- The views in schema public that existing dashboards read: plain views over the result tables, nothing to refresh.
-- Runs at the end of every migration, so that a name that was taken becomes ours once the user has let go of it.

CREATE FUNCTION pg_temp.install_view(view_name text, description text, definition text) RETURNS void
LANGUAGE plpgsql AS $install_view$
DECLARE
    -- Our views carry this mark in their comment, and are ours: only such a view is ever replaced. Anybody who may create
    -- a view can write the comment.
    mark constant text := 'AgentPulse: ';
    taken regclass := to_regclass(format('public.%I', view_name));
    kind text := (SELECT CASE relkind WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END
                    FROM pg_class WHERE oid = taken);
    reader text;
BEGIN
    IF taken IS NOT NULL AND taken NOT IN (SELECT v FROM agentpulse.own_views() v) THEN
        RAISE NOTICE 'public.% is a % of your own and stays as it is: to switch to the live view, run "DROP % public.%", '
            'then migrate again.', view_name, lower(kind), kind, view_name;
        RETURN;
    END IF;
    IF taken IS NULL AND NOT coalesce(has_schema_privilege(to_regnamespace('public'), 'CREATE'), false) THEN
        RAISE NOTICE 'User % may not create public.%: have the owner of schema public run "GRANT CREATE ON SCHEMA '
            'public TO %I", then migrate again.', current_user, view_name, current_user;
        RETURN;
    END IF;
    EXECUTE format('CREATE OR REPLACE VIEW public.%I %s AS %s', view_name,
        -- With it, row level security asks who reads. Postgres 14 does not know it: there the grants alone decide.
        CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'WITH (security_invoker = true)' END,
        definition);
    EXECUTE format('COMMENT ON VIEW public.%I IS %L', view_name, mark || description);
    -- Default privileges (Supabase has some) open every new view to others.
    IF taken IS NULL THEN
        FOR reader IN
            SELECT DISTINCT coalesce(quote_ident(r.rolname), 'PUBLIC')
              FROM pg_class c CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
             WHERE c.oid = to_regclass(format('public.%I', view_name)) AND a.grantee <> c.relowner
        LOOP
            EXECUTE format('REVOKE ALL ON public.%I FROM %s', view_name, reader);
        END LOOP;
    END IF;
    EXECUTE format('GRANT SELECT ON public.%I TO agentpulse_reader', view_name);
END
$install_view$;

-- The rates of these views are of all rows of their window, reviewed or not, as in the materialized views of the same
-- names; the result tables' rates are of the reviewed ones. New columns come last: a view that is there cannot be replaced
-- by one with another order.

SELECT pg_temp.install_view('mv_realtime_agent_performance',
    'how each agent is doing over the last minute, five and fifteen minutes, and hour.',
    $view$
        SELECT
            h.agent,
            coalesce(m1.query_count, 0) AS queries_last_minute,
            coalesce(m5.query_count, 0) AS queries_last_5min,
            coalesce(h1.query_count, 0) AS queries_last_hour,
            m1.avg_latency_ms AS avg_latency_1min,
            m5.avg_latency_ms AS avg_latency_5min,
            m5.max_latency_ms AS max_latency_5min,
            round(100.0 * m5.approved_count / nullif(m5.query_count, 0), 2) AS approval_rate_5min_pct,
            h.health_status,
            h.health_status AS current_health_status,
            h.last_query_at,
            p.as_of AS last_updated_at,
            p.as_of AS refreshed_at,
            coalesce(m15.query_count, 0) AS queries_last_15min,
            m15.avg_latency_ms AS avg_latency_15min,
            round(extract(epoch FROM p.as_of - h.last_query_at), 2) AS seconds_since_last_query
        FROM agentpulse.agent_health h
        LEFT JOIN agentpulse.agent_performance m1 ON m1.agent = h.agent AND m1.window_name = '1m'
        LEFT JOIN agentpulse.agent_performance m5 ON m5.agent = h.agent AND m5.window_name = '5m'
        LEFT JOIN agentpulse.agent_performance m15 ON m15.agent = h.agent AND m15.window_name = '15m'
        LEFT JOIN agentpulse.agent_performance h1 ON h1.agent = h.agent AND h1.window_name = '1h'
        CROSS JOIN (SELECT min(as_of) AS as_of FROM agentpulse.pipeline_status) p
    $view$);

-- The next two have their one row from the first tick on, with zeros where nothing was ever seen.

SELECT pg_temp.install_view('mv_approval_queue_summary',
    'what waits for approval, and what was decided in the last hour.',
    $view$
        SELECT
            coalesce(q.pending_count, 0) AS pending_count,
            coalesce(q.sla_breach_count, 0) AS sla_breaches,
            q.sla_breach_pct,
            round(q.avg_pending_age_seconds / 60, 2) AS avg_pending_age_minutes,
            round(q.min_pending_age_seconds / 60, 2) AS min_pending_age_minutes,
            round(q.max_pending_age_seconds / 60, 2) AS max_pending_age_minutes,
            agentpulse.oldest_pending_conversation() AS oldest_pending_conversation,
            agentpulse.oldest_pending_conversation() AS oldest_pending_conversation_id,
            q.oldest_pending_created_at,
            coalesce(a.approved_count, 0) AS approved_last_hour,
            coalesce(a.rejected_count, 0) AS rejected_last_hour,
            coalesce(a.expired_count, 0) AS expired_last_hour,
            coalesce(a.decided_count, 0) AS throughput_last_hour,
            round(a.avg_resolution_seconds / 60, 2) AS avg_resolution_time_minutes,
            p.as_of AS refreshed_at
        FROM (SELECT min(as_of) AS as_of FROM agentpulse.pipeline_status) p
        LEFT JOIN agentpulse.approval_queue q ON q.queue = 'all'
        LEFT JOIN agentpulse.approval_activity a ON a.window_name = '1h'
        WHERE p.as_of IS NOT NULL
    $view$);

SELECT pg_temp.install_view('mv_training_quality_snapshot',
    'feedback of the last hour and the last day.',
    $view$
        SELECT
            coalesce(h.feedback_count, 0) AS feedback_last_hour,
            coalesce(d.feedback_count, 0) AS feedback_last_24h,
            coalesce(d.safe_count, 0) AS safe_24h,
            coalesce(d.unsafe_count, 0) AS unsafe_24h,
            coalesce(d.unreviewed_count, 0) AS pending_review_24h,
            round(100.0 * d.unsafe_count / nullif(d.feedback_count, 0), 2) AS unsafe_rate_24h_pct,
            d.avg_clarity AS avg_clarity_24h,
            d.avg_accuracy AS avg_accuracy_24h,
            d.avg_tone AS avg_tone_24h,
            coalesce(h.active_annotator_count, 0) AS active_annotators_last_hour,
            coalesce(d.active_annotator_count, 0) AS active_annotators_last_24h,
            p.as_of AS refreshed_at
        FROM (SELECT min(as_of) AS as_of FROM agentpulse.pipeline_status) p
        LEFT JOIN agentpulse.training_quality d ON d.window_name = '24h'
        LEFT JOIN agentpulse.training_quality h ON h.window_name = '1h'
        WHERE p.as_of IS NOT NULL
    $view$);

SELECT pg_temp.install_view('v_agent_performance_snapshot',
    'volume, approvals, latency and health of each agent. The 24 h columns are null unless a window 24h is configured.',
    $view$
        SELECT
            h.agent,
            coalesce(h1.query_count, 0) AS queries_last_hour,
            d1.query_count AS queries_last_24h,
            d1.approval_rate_pct AS approval_rate_24h_pct,
            d1.avg_latency_ms AS avg_latency_24h_ms,
            d1.human_edited_count AS human_edits_24h,
            h.health_status,
            h.last_query_at,
            round(extract(epoch FROM p.as_of - h.last_query_at) / 60, 2) AS minutes_since_last_query
        FROM agentpulse.agent_health h
        LEFT JOIN agentpulse.agent_performance h1 ON h1.agent = h.agent AND h1.window_name = '1h'
        LEFT JOIN agentpulse.agent_performance d1 ON d1.agent = h.agent AND d1.window_name = '24h'
        CROSS JOIN (SELECT min(as_of) AS as_of FROM agentpulse.pipeline_status) p
    $view$);

DROP FUNCTION pg_temp.install_view(text, text, text);

-- A job of pg_cron that refreshes a view of these names is of no use once the view is ours, and fails from then on.
DO $cron_jobs$
DECLARE
    job_id bigint;
    job_schedule text;
    view_name text;
BEGIN
    -- pg_cron's own, which a superuser made: a view in its place would run functions of its maker's.
    IF NOT EXISTS (SELECT FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
                    WHERE c.oid = to_regclass('cron.job') AND c.relkind = 'r' AND r.rolsuper)
    THEN
        RETURN;
    END IF;
    FOR job_id, job_schedule, view_name IN
        SELECT j.jobid, j.schedule, n.view_name
          FROM cron.job j
          JOIN unnest(ARRAY['mv_realtime_agent_performance', 'mv_approval_queue_summary',
                            'mv_training_quality_snapshot', 'v_agent_performance_snapshot']) AS n (view_name)
            ON j.command ~* ('refresh\s+materialized\s+view\y.*\y' || n.view_name || '\y')
         ORDER BY j.jobid, n.view_name
    LOOP
        RAISE NOTICE 'The cron job % ("%") refreshes public.%, which the live view makes needless: run "SELECT '
            'cron.unschedule(%)".', job_id, job_schedule, view_name, job_id;
    END LOOP;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'User % may not read cron.job: if a job there refreshes one of the views above, unschedule it.',
            current_user;
END
$cron_jobs$;
