-- How good is the feedback that came in on one day? See agent_queries.sql. Queries that it is compared with are those of the
-- same conversation from a day before on.

WITH day AS MATERIALIZED (
    SELECT id::text AS id, conversation_id::text AS conversation_id, safe_to_send, annotator::text AS annotator, rubric,
           CASE WHEN jsonb_typeof(rubric) = 'object' THEN ARRAY[rubric -> 'clarity', rubric -> 'accuracy', rubric -> 'tone'] END
               AS scores
    FROM public.agent_feedback
    WHERE created_at >= {from} AND created_at < {until}
),
scored AS (
    SELECT id, coalesce(scores IS NULL OR array_position(scores, NULL) IS NOT NULL, true) AS incomplete,
           EXISTS (SELECT FROM unnest(scores) AS s (score)
                   WHERE CASE WHEN jsonb_typeof(score) = 'number' THEN score::text::numeric NOT BETWEEN 1 AND 5 END) AS outside
    FROM day
),
asked AS MATERIALIZED (
    SELECT conversation_id::text AS conversation_id, bool_or(approved) AS approved
    FROM public.agent_queries
    WHERE created_at >= {from}::timestamptz - interval '1 day' AND created_at < {until} AND conversation_id IS NOT NULL
    GROUP BY conversation_id
),
compared AS (
    SELECT day.id, asked.conversation_id IS NULL AS unknown, NOT day.safe_to_send AND asked.approved AS contradicts
    FROM day LEFT JOIN asked USING (conversation_id)
    WHERE day.conversation_id IS NOT NULL
),
ledger AS (
    SELECT row_key FROM agentpulse.rejected_change
    WHERE source_table = 'agent_feedback' AND reason <> 'future_timestamp'
      AND rejected_at >= {from} AND rejected_at < {until}
)
SELECT 'completeness' AS dimension, 'annotator_missing_pct' AS check_name,
       round(100.0 * count(*) FILTER (WHERE annotator IS NULL) / nullif(count(*), 0), 2) AS value,
       5 AS warn_above, 50 AS fail_above,
       (array_agg(id ORDER BY id) FILTER (WHERE annotator IS NULL))[1:5] AS sample
FROM day WHERE safe_to_send IS NOT NULL
UNION ALL
SELECT 'completeness', 'rubric_incomplete_pct',
       round(100.0 * count(*) FILTER (WHERE incomplete) / nullif(count(*), 0), 2), 20, 80,
       (array_agg(id ORDER BY id) FILTER (WHERE incomplete))[1:5] FROM scored
UNION ALL
SELECT 'validity', 'rubric_outside_1_to_5', count(*) FILTER (WHERE outside), 0, 50,
       (array_agg(id ORDER BY id) FILTER (WHERE outside))[1:5] FROM scored
UNION ALL
SELECT 'validity', 'rejected_changes', count(*), 0, 100, (array_agg(row_key ORDER BY row_key))[1:5] FROM ledger
UNION ALL
SELECT 'consistency', 'query_unknown_pct', round(100.0 * count(*) FILTER (WHERE unknown) / nullif(count(*), 0), 2), 20, 80,
       (array_agg(id ORDER BY id) FILTER (WHERE unknown))[1:5] FROM compared
UNION ALL
SELECT 'consistency', 'approved_but_unsafe', count(*) FILTER (WHERE contradicts), 0, 10,
       (array_agg(id ORDER BY id) FILTER (WHERE contradicts))[1:5] FROM compared
