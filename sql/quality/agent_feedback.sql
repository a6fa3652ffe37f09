-- How good is the feedback that came in on one day? See agent_queries.sql. Queries that it is compared with are those of the
-- same conversation from a day before on, and other annotators' feedback is that of the week before.

WITH day AS MATERIALIZED (
    SELECT id::text AS id, conversation_id::text AS conversation_id, safe_to_send, annotator::text AS annotator,
           rubric::jsonb AS rubric,
           CASE WHEN jsonb_typeof(rubric::jsonb) = 'object' THEN
               ARRAY[rubric::jsonb -> 'clarity', rubric::jsonb -> 'accuracy', rubric::jsonb -> 'tone'] END AS scores
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
-- Of those conversations that feedback of the day is about, each annotator's newest verdict.
verdict AS (
    SELECT DISTINCT ON (f.conversation_id::text, f.annotator::text)
           f.conversation_id::text AS conversation_id, f.annotator::text AS annotator, f.safe_to_send AS safe
    FROM public.agent_feedback AS f
    WHERE f.created_at >= {from}::timestamptz - interval '7 days' AND f.created_at < {until}
      AND f.annotator IS NOT NULL AND f.safe_to_send IS NOT NULL
      AND f.conversation_id::text IN (SELECT conversation_id FROM day WHERE annotator IS NOT NULL AND safe_to_send IS NOT NULL)
    ORDER BY f.conversation_id::text, f.annotator::text, f.created_at DESC, f.id DESC
),
judged AS (
    SELECT conversation_id, count(*) AS n, count(*) FILTER (WHERE safe) AS safe_n,
           count(*) FILTER (WHERE NOT safe) AS unsafe_n
    FROM verdict GROUP BY conversation_id HAVING count(*) > 1
),
contested AS (
    SELECT day.id FROM day JOIN judged USING (conversation_id)
    WHERE safe_n > 0 AND unsafe_n > 0 AND annotator IS NOT NULL AND safe_to_send IS NOT NULL
),
-- Pairs of two annotators, each counted from both sides.
pairs AS (
    SELECT sum(n * (n - 1)) AS n, sum(2 * safe_n * unsafe_n) AS apart, sum(safe_n * (n - 1)) AS safe_n,
           sum(unsafe_n * (n - 1)) AS unsafe_n
    FROM judged
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
SELECT 'completeness', 'conversation_id_missing_pct',
       round(100.0 * count(*) FILTER (WHERE conversation_id IS NULL) / nullif(count(*), 0), 2), 5, 50,
       (array_agg(id ORDER BY id) FILTER (WHERE conversation_id IS NULL))[1:5] FROM day
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
UNION ALL
SELECT 'consistency', 'annotators_disagree_pct', (SELECT round(100.0 * apart / nullif(n, 0), 2) FROM pairs), 20, 50,
       (array_agg(id ORDER BY id))[1:5] FROM contested
UNION ALL
-- 0 where all agree, 1 where they do as often as chance would have it. Of few pairs it says nothing.
SELECT 'consistency', 'annotators_kappa_below_1',
       CASE WHEN n >= 40 THEN round(apart * n / nullif(n * n - safe_n * safe_n - unsafe_n * unsafe_n, 0), 4) END, 0.4, 0.8, NULL
FROM pairs
