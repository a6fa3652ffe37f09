-- What waits for approval, and for how long? The answer for the row of agentpulse.approval_queue at its own as_of.

WITH pending AS NOT MATERIALIZED (
    SELECT id::text AS id, conversation_id::text AS conversation_id, created_at
    FROM public.agent_approvals
    WHERE id IS NOT NULL
      AND octet_length(id::text) <= 1000
      AND status::text = 'pending'
      -- An infinite time lies outside, too.
      AND created_at >= '0001-01-01 00:00:00+00'
      AND (updated_at IS NULL OR updated_at >= '0001-01-01 00:00:00+00' AND updated_at < '10000-01-01 00:00:00+00')
)
SELECT
    result.queue,
    figures.pending_count,
    figures.sla_breach_count,
    round(100.0 * figures.sla_breach_count / nullif(figures.pending_count, 0), 2) AS sla_breach_pct,
    round(figures.avg_age, 2) AS avg_pending_age_seconds,
    round(figures.min_age, 2) AS min_pending_age_seconds,
    round(figures.max_age, 2) AS max_pending_age_seconds,
    figures.pending_under_1m,
    figures.pending_1m_to_5m,
    figures.pending_5m_to_15m,
    figures.pending_over_15m,
    oldest.id AS oldest_pending_id,
    oldest.conversation_id AS oldest_pending_conversation_id,
    oldest.created_at AS oldest_pending_created_at,
    result.as_of
FROM agentpulse.approval_queue AS result
CROSS JOIN LATERAL (
    SELECT
        count(*) AS pending_count,
        count(*) FILTER (WHERE age >= 300) AS sla_breach_count,
        avg(age) AS avg_age,
        min(age) AS min_age,
        max(age) AS max_age,
        count(*) FILTER (WHERE age < 60) AS pending_under_1m,
        count(*) FILTER (WHERE age >= 60 AND age < 300) AS pending_1m_to_5m,
        count(*) FILTER (WHERE age >= 300 AND age < 900) AS pending_5m_to_15m,
        count(*) FILTER (WHERE age >= 900) AS pending_over_15m
    FROM pending
    CROSS JOIN LATERAL (SELECT extract(epoch FROM result.as_of - pending.created_at) AS age) AS aged
    WHERE pending.created_at <= result.as_of
) AS figures
LEFT JOIN LATERAL (
    SELECT id, conversation_id, created_at
    FROM pending
    WHERE pending.created_at <= result.as_of
    ORDER BY created_at, id COLLATE "C"
    LIMIT 1
) AS oldest ON true
