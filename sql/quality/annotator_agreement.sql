-- How often does each annotator say the same as the others? Of a conversation each annotator's newest verdict counts, and each
-- of the others' newest ones beside it. They are counted by conversation, so many annotators of one cost no more. The job puts
-- bounds of the time in the place of {from} and {until}.

WITH verdict AS MATERIALIZED (
    SELECT DISTINCT ON (conversation_id::text, annotator::text)
           conversation_id::text AS conversation_id, annotator::text AS annotator, safe_to_send AS safe
    FROM public.agent_feedback
    WHERE created_at >= {from} AND created_at < {until}
      AND conversation_id IS NOT NULL AND octet_length(annotator::text) BETWEEN 1 AND 1000 AND safe_to_send IS NOT NULL
    ORDER BY conversation_id::text, annotator::text, created_at DESC, id DESC
),
conversation AS (
    SELECT conversation_id, count(*) FILTER (WHERE safe) AS safe_n, count(*) FILTER (WHERE NOT safe) AS unsafe_n
    FROM verdict GROUP BY conversation_id HAVING count(*) > 1
),
-- By what the annotator said, and what the others did.
said AS (
    SELECT annotator,
           sum(safe_n - 1) FILTER (WHERE safe) AS safe_safe, sum(unsafe_n) FILTER (WHERE safe) AS safe_unsafe,
           sum(safe_n) FILTER (WHERE NOT safe) AS unsafe_safe, sum(unsafe_n - 1) FILTER (WHERE NOT safe) AS unsafe_unsafe
    FROM verdict JOIN conversation USING (conversation_id) GROUP BY annotator
),
counted AS (
    SELECT annotator, coalesce(safe_safe, 0) AS safe_safe, coalesce(safe_unsafe, 0) AS safe_unsafe,
           coalesce(unsafe_safe, 0) AS unsafe_safe, coalesce(unsafe_unsafe, 0) AS unsafe_unsafe
    FROM said
),
compared AS (
    SELECT annotator, safe_safe + safe_unsafe + unsafe_safe + unsafe_unsafe AS n, safe_safe + unsafe_unsafe AS agreed,
           (safe_safe + safe_unsafe) * (safe_safe + unsafe_safe)
               + (unsafe_safe + unsafe_unsafe) * (safe_unsafe + unsafe_unsafe) AS by_chance
    FROM counted
)
SELECT annotator, n AS compared_n, agreed AS agreed_n, round(100.0 * agreed / n, 2) AS agreement_pct,
       -- Cohen's kappa, (agreed / n - chance) / (1 - chance) with chance = by_chance / n^2, as one fraction.
       round((n * agreed - by_chance) / nullif(n * n - by_chance, 0), 4) AS kappa
FROM compared
ORDER BY n DESC, annotator LIMIT 1000
