-- Whether annotators agree, and how good the source tables' rows are in one figure a dimension.

CREATE TABLE agentpulse.annotator_agreement (
    annotator text PRIMARY KEY,
    compared_n bigint NOT NULL,
    agreed_n bigint NOT NULL,
    agreement_pct numeric NOT NULL,
    kappa numeric,
    since timestamptz NOT NULL,
    as_of timestamptz NOT NULL
);

ALTER TABLE agentpulse.annotator_agreement ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.annotator_agreement IS
    'How often each annotator said the same as the others about the same conversation. Written once an hour by the self-audit''s '
    'thread; the 1,000 annotators that were compared most often.';
COMMENT ON COLUMN agentpulse.annotator_agreement.annotator IS 'The annotator.';
COMMENT ON COLUMN agentpulse.annotator_agreement.compared_n IS
    'Pairs of the annotator''s newest verdict on a conversation and the newest one of somebody else.';
COMMENT ON COLUMN agentpulse.annotator_agreement.agreed_n IS 'Pairs of the same verdict, safe or not.';
COMMENT ON COLUMN agentpulse.annotator_agreement.agreement_pct IS 'Their share in percent, 2 decimals.';
COMMENT ON COLUMN agentpulse.annotator_agreement.kappa IS
    'Cohen''s kappa over these pairs, 4 decimals: 1 where all agree, 0 where they agree as often as chance would have it; null '
    'where both sides always say the same.';
COMMENT ON COLUMN agentpulse.annotator_agreement.since IS
    'Feedback that came from here on was compared: 30 days, less where those take too long.';
COMMENT ON COLUMN agentpulse.annotator_agreement.as_of IS 'Database time up to which feedback was compared.';

-- At most 40 rows a day.
DO $score$
BEGIN
    EXECUTE 'CREATE VIEW agentpulse.data_quality_score '
        -- As agentpulse.alert.
        || CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'WITH (security_invoker = true) ' ELSE '' END
        || $view$ AS
SELECT q.day,
       q.dimension,
       round(avg(CASE q.status WHEN 'ok' THEN 100 WHEN 'warning' THEN 50 ELSE 0 END))::integer AS score,
       count(*) AS checks,
       count(*) FILTER (WHERE q.status = 'failed') AS failed
  FROM agentpulse.data_quality_daily q
 WHERE q.value IS NOT NULL OR q.status <> 'ok'
 GROUP BY q.day, q.dimension
           $view$;
END
$score$;

COMMENT ON VIEW agentpulse.data_quality_score IS
    'How good the source tables'' rows of each day are, a figure a dimension. A table in which something else could not be checked '
    'counts with its warning.';
COMMENT ON COLUMN agentpulse.data_quality_score.day IS 'The day (UTC).';
COMMENT ON COLUMN agentpulse.data_quality_score.dimension IS 'As in data_quality_daily.';
COMMENT ON COLUMN agentpulse.data_quality_score.score IS
    'From 0 to 100: the mean over the checks, of which one in order counts 100, a warning 50 and a failed one 0.';
COMMENT ON COLUMN agentpulse.data_quality_score.checks IS 'Checks of all source tables that had something to check.';
COMMENT ON COLUMN agentpulse.data_quality_score.failed IS 'How many of them have failed.';

COMMENT ON COLUMN agentpulse.data_quality_daily.dimension IS
    'completeness, validity, uniqueness, consistency, freshness, accuracy or schema.';
COMMENT ON COLUMN agentpulse.data_quality_daily.sample IS
    'At most five ids (or names of agents or columns) of what was found, or why nothing could be checked; never a text.';
COMMENT ON TABLE agentpulse.source_shape IS
    'What the running job began to read from; a job that begins with empty state replaces it. Rows that begin with daily are what '
    'the daily checks saw of a table last. Nothing for dashboards.';
COMMENT ON COLUMN agentpulse.rejected_change.reason IS
    'Why no figure could use the row: something is missing (missing_agent), out of range (latency_out_of_range), of '
    'another kind (rubric_not_a_number), too long (agent_too_long) or no text (agent_not_utf8); docs/decisions/'
    '0001-figures.md of AgentPulse lists them all. future_timestamp and illegal_transition are for information: that row is used. '
    'cannot_be_written: a row of a result table that the database refused.';
COMMENT ON COLUMN agentpulse.alert_record.rule IS
    'slow_query, agent_degraded, approval_sla_breach, unsafe_response, volume_anomaly, latency_anomaly, rate_anomaly, quality_drop; of '
    'the pipeline itself pipeline, audit_mismatch and data_quality, and what the gateway raises.';

-- The daily checks look for the few of them that were open on a day, among millions of others.
CREATE INDEX alert_of_pipeline ON agentpulse.alert_record (opened_at) WHERE rule = 'pipeline';
