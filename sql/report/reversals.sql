-- Decisions that were reversed
-- By the ledger, which is kept for agentpulse.retention.rejected-change (30 days unless configured), and by the messages (agentpulse.retention.channel-event, 24 hours): the summary says since when. Of an erased conversation the ledger has only which approval it was.
-- By itself, for the times of other rows of the ledger may be no times.
WITH noted AS MATERIALIZED (
    SELECT event_key, row_key, change, rejected_at FROM agentpulse.rejected_change WHERE reason = 'illegal_transition'
)
SELECT reversed_at, approval_id, conversation_id, was, is_now, decided_by FROM (
    SELECT m.event_time AS reversed_at, m.payload ->> 'id' AS approval_id, m.payload ->> 'conversation_id' AS conversation_id,
           m.payload ->> 'old_status' AS was, m.payload ->> 'new_status' AS is_now, m.payload ->> 'approved_by' AS decided_by
      FROM agentpulse.channel_event m
     WHERE m.channel = 'approval_queue_stream' AND m.payload ->> 'event' = 'status_change'
       AND m.payload ->> 'old_status' <> 'pending'
    UNION ALL
    -- Both are named by the position of the change in the log.
    SELECT coalesce((l.change ->> 'changed_at')::timestamptz, l.rejected_at), l.row_key, l.change ->> 'conversation_id',
           l.change ->> 'old_status', l.change ->> 'new_status', l.change ->> 'approved_by'
      FROM noted l
     WHERE NOT EXISTS (SELECT FROM agentpulse.channel_event m
                        WHERE m.event_key = replace(l.event_key, 'illegal_transition:', 'status_change:'))
) r
 WHERE reversed_at >= ${from} AND reversed_at < ${to}
 ORDER BY reversed_at, approval_id
