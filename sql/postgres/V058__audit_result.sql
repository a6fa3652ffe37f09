-- What the pipeline found when it compared its own figures with plain SQL over the source tables: every run, those that
-- proved nothing too. docs/decisions/0015-self-audit.md says how.

CREATE TABLE agentpulse.audit_result (
    audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_at timestamptz NOT NULL DEFAULT now(),
    scope text NOT NULL,
    key text NOT NULL,
    as_of timestamptz,
    commit_lsn pg_lsn,
    figures bigint NOT NULL DEFAULT 0,
    equal boolean,
    first_difference jsonb,
    duration_ms integer NOT NULL
);

-- Retention removes the oldest; the summary reads a day.
CREATE INDEX audit_result_run_at ON agentpulse.audit_result (run_at);

ALTER TABLE agentpulse.audit_result ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.audit_result IS
    'The self-audit: figures of result tables, compared with plain SQL over the source tables at one position of the log. '
    'Kept for 90 days.';
COMMENT ON COLUMN agentpulse.audit_result.audit_id IS 'Number of the result.';
COMMENT ON COLUMN agentpulse.audit_result.run_at IS 'Wall clock when it was written down.';
COMMENT ON COLUMN agentpulse.audit_result.scope IS 'The result table.';
COMMENT ON COLUMN agentpulse.audit_result.key IS
    'Which of its rows: the agent or annotator, of history also lengths and span; or how many such units that were all equal.';
COMMENT ON COLUMN agentpulse.audit_result.as_of IS 'Time of the results that were compared; null if there were none.';
COMMENT ON COLUMN agentpulse.audit_result.commit_lsn IS 'Their log position.';
COMMENT ON COLUMN agentpulse.audit_result.figures IS 'How many figures were compared.';
COMMENT ON COLUMN agentpulse.audit_result.equal IS 'Whether all were equal; null if that cannot be said.';
COMMENT ON COLUMN agentpulse.audit_result.first_difference IS
    'Of what is unequal the first row: its key, the figures as they are and as they should be, and how many rows are. Where '
    'nothing can be said, the reason.';
COMMENT ON COLUMN agentpulse.audit_result.duration_ms IS 'How long statements took, without waiting for the log.';

COMMENT ON COLUMN agentpulse.alert_record.rule IS
    'slow_query, agent_degraded, approval_sla_breach, unsafe_response; of the pipeline itself pipeline, audit_mismatch and '
    'data_quality, and what the gateway raises.';

CREATE TABLE agentpulse.audit_oracle (
    result_table text PRIMARY KEY,
    sql text NOT NULL
);

ALTER TABLE agentpulse.audit_oracle ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.audit_oracle IS
    'The SQL that the results are proven by, as the running job has it, over the source tables that it reads.';
COMMENT ON COLUMN agentpulse.audit_oracle.result_table IS 'The result table.';
COMMENT ON COLUMN agentpulse.audit_oracle.sql IS 'A query over the source tables that gives the rows of the result table.';

-- A function, because it runs with the rights of its caller on every version of Postgres, as no view does.
CREATE FUNCTION agentpulse.audit_summary(
    OUT proven_figures_24h bigint, OUT unequal_24h bigint, OUT inconclusive_24h bigint, OUT duration_ms_24h bigint,
    OUT last_proven_at timestamptz, OUT last_run_at timestamptz)
    LANGUAGE sql
    STABLE
    SET search_path = pg_catalog, pg_temp
    AS $summary$
        SELECT coalesce(sum(a.figures) FILTER (WHERE a.equal), 0)::bigint,
               count(*) FILTER (WHERE NOT a.equal),
               count(*) FILTER (WHERE a.equal IS NULL),
               coalesce(sum(a.duration_ms), 0)::bigint,
               max(a.run_at) FILTER (WHERE a.equal),
               max(a.run_at)
          FROM agentpulse.audit_result AS a
         WHERE a.run_at > pg_catalog.now() - interval '24 hours'
    $summary$;

COMMENT ON FUNCTION agentpulse.audit_summary() IS
    'What the self-audit proved within the last 24 hours: SELECT * FROM agentpulse.audit_summary().';

CREATE FUNCTION agentpulse.proof_sql(result_table text, row_key jsonb) RETURNS text
    LANGUAGE sql
    STABLE
    SET search_path = pg_catalog, pg_temp
    AS $proof$
        SELECT pg_catalog.format(E'SELECT * FROM (\n%s\n) AS proof WHERE %s', o.sql,
                   coalesce((SELECT pg_catalog.string_agg(pg_catalog.format('%I = %L', k.key, k.value), ' AND ')
                               FROM pg_catalog.jsonb_each_text(proof_sql.row_key) AS k), 'true'))
          FROM agentpulse.audit_oracle AS o
         WHERE o.result_table = proof_sql.result_table
    $proof$;

COMMENT ON FUNCTION agentpulse.proof_sql(text, jsonb) IS
    'The SQL that proves a row of a result table: SELECT agentpulse.proof_sql(''agent_performance'', '
    '''{"agent": "sales", "window_name": "5m"}''). To be run by whoever may read the source tables.';
