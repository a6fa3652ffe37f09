-- What is put aside is a text that nobody reads before it is published; of a message it is the payload, with the number of
-- its row where that is one.

ALTER TABLE agentpulse.staged_record ALTER COLUMN record TYPE text USING record::text;
ALTER TABLE agentpulse.staged_record ADD COLUMN event_time timestamptz;

-- What the version before has put aside.
UPDATE agentpulse.staged_record AS s
   SET record = ((m.message -> 'payloadJson') || CASE
           WHEN m.message -> 'payloadJson' ->> 'id' ~ '^-?[0-9]{1,19}$'
            AND EXISTS (SELECT FROM (VALUES ('agent_queries_stream', '${queries_table}'),
                                            ('approval_queue_stream', '${approvals_table}'),
                                            ('sla_breach_stream', '${approvals_table}'),
                                            ('training_feedback_stream', '${feedback_table}')) AS t (kind, source)
                          JOIN pg_attribute a ON a.attrelid = to_regclass(t.source) AND a.attname = 'id'
                         WHERE t.kind = s.kind
                           AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype))
           THEN jsonb_build_object('id', (m.message -> 'payloadJson' ->> 'id')::numeric) ELSE '{}' END)::text,
       event_time = (timestamp 'epoch' + make_interval(
           days => ((m.message ->> 'timeMicros')::bigint / 86400000000)::integer,
           secs => ((m.message ->> 'timeMicros')::bigint % 86400000000) / 1000000.0)) AT TIME ZONE 'UTC'
  FROM (SELECT ctid AS place, record::jsonb AS message FROM agentpulse.staged_record) AS m
 WHERE m.place = s.ctid AND m.message -> 'payloadJson' IS NOT NULL;

COMMENT ON COLUMN agentpulse.staged_record.record IS
    'The payload of a message, but for its number; of all others the record itself, in JSON.';
COMMENT ON COLUMN agentpulse.staged_record.event_time IS 'Event time of a message; null for all others.';
