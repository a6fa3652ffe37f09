-- Decisions that were reversed
-- By the messages, which are kept for agentpulse.retention.channel-event (24 hours unless configured): the summary says since when.
SELECT m.event_time AS reversed_at, m.payload ->> 'id' AS approval_id, m.payload ->> 'conversation_id' AS conversation_id,
       m.payload ->> 'old_status' AS was, m.payload ->> 'new_status' AS is_now, m.payload ->> 'approved_by' AS decided_by
  FROM agentpulse.channel_event m
 WHERE m.channel = 'approval_queue_stream' AND m.payload ->> 'event' = 'status_change'
   AND m.payload ->> 'old_status' <> 'pending' AND m.event_time >= ${from} AND m.event_time < ${to}
 ORDER BY m.seq
