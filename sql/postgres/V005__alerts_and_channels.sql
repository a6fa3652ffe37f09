-- Alerts with their life cycle, and the messages that listeners were sent.

CREATE TABLE agentpulse.alert (
    alert_id text PRIMARY KEY,
    rule text NOT NULL,
    subject text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    status text NOT NULL CHECK (status IN ('open', 'acknowledged', 'resolved')),
    value numeric,
    threshold numeric,
    conversation_id text,
    details jsonb NOT NULL DEFAULT '{}',
    opened_at timestamptz NOT NULL,
    resolved_at timestamptz,
    detected_at timestamptz NOT NULL DEFAULT now(),
    acknowledged_by text,
    acknowledged_at timestamptz,
    CONSTRAINT alert_resolved_at_check CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
    CONSTRAINT alert_acknowledged_check CHECK (status <> 'acknowledged' OR acknowledged_at IS NOT NULL)
) WITH (autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX alert_opened_at ON agentpulse.alert (opened_at);
-- Few alerts are unresolved among many that are: dashboards ask for these.
CREATE INDEX alert_unresolved ON agentpulse.alert (opened_at) WHERE status <> 'resolved';
-- Retention removes resolved alerts, oldest first.
CREATE INDEX alert_resolved_at ON agentpulse.alert (resolved_at) WHERE resolved_at IS NOT NULL;

ALTER TABLE agentpulse.alert ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.alert IS 'What went wrong: one row an incident, from opening to resolution. Resolved alerts are kept for 90 days.';
COMMENT ON COLUMN agentpulse.alert.alert_id IS 'Derived from rule, subject and opening, so that a replay finds the same row.';
COMMENT ON COLUMN agentpulse.alert.rule IS 'slow_query, agent_degraded, approval_sla_breach or unsafe_response.';
COMMENT ON COLUMN agentpulse.alert.subject IS 'What the alert is about: the agent, or the key of the query, approval or feedback as text.';
COMMENT ON COLUMN agentpulse.alert.severity IS 'info, warning or critical; it may rise while the alert is open.';
COMMENT ON COLUMN agentpulse.alert.status IS 'open, acknowledged by a person, or resolved.';
COMMENT ON COLUMN agentpulse.alert.value IS 'The figure that opened the alert.';
COMMENT ON COLUMN agentpulse.alert.threshold IS 'The limit that the figure passed.';
COMMENT ON COLUMN agentpulse.alert.conversation_id IS 'The conversation concerned, where there is one.';
COMMENT ON COLUMN agentpulse.alert.details IS 'More about it, by rule; suppressed counts alerts that were left out.';
COMMENT ON COLUMN agentpulse.alert.opened_at IS 'Event time of the opening.';
COMMENT ON COLUMN agentpulse.alert.resolved_at IS 'Event time of the resolution; null until then.';
COMMENT ON COLUMN agentpulse.alert.detected_at IS 'Wall clock when AgentPulse noticed.';
COMMENT ON COLUMN agentpulse.alert.acknowledged_by IS 'Who acknowledged it; AgentPulse never overwrites this.';
COMMENT ON COLUMN agentpulse.alert.acknowledged_at IS 'When it was acknowledged; AgentPulse never overwrites this.';

-- The one thing a reader may change. It runs with the rights of its owner, so readers need no UPDATE; its names are
-- bound when it is created, so no search_path can bend them. Who may call it: afterMigrate__10_roles.sql.
CREATE FUNCTION agentpulse.acknowledge_alert(alert_id text, by text) RETURNS boolean
    LANGUAGE sql
    SECURITY DEFINER
    SET search_path = ''
    AS $acknowledge$
        WITH acknowledged AS (
            UPDATE agentpulse.alert AS a
               SET status = 'acknowledged', acknowledged_by = acknowledge_alert.by, acknowledged_at = pg_catalog.now()
             WHERE a.alert_id = acknowledge_alert.alert_id
               AND a.status = 'open'
            RETURNING 1
        )
        SELECT EXISTS (SELECT FROM acknowledged)
    $acknowledge$;

COMMENT ON FUNCTION agentpulse.acknowledge_alert(text, text) IS
    'Notes who looks after an open alert. True if it was open; false if it is unknown, acknowledged or resolved already.';

CREATE SEQUENCE agentpulse.channel_event_seq AS bigint;

CREATE TABLE agentpulse.channel_event (
    seq bigint PRIMARY KEY DEFAULT nextval('agentpulse.channel_event_seq'),
    event_key text NOT NULL UNIQUE,
    channel text NOT NULL,
    payload jsonb NOT NULL,
    event_time timestamptz NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0.05);

ALTER SEQUENCE agentpulse.channel_event_seq OWNED BY agentpulse.channel_event.seq;

-- Retention removes the oldest messages.
CREATE INDEX channel_event_written_at ON agentpulse.channel_event (written_at);

ALTER TABLE agentpulse.channel_event ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.channel_event IS
    'Every message that was sent by NOTIFY, for listeners that were away: ask for seq greater than the last one seen. Kept for 24 hours.';
COMMENT ON COLUMN agentpulse.channel_event.seq IS 'Ascending, with gaps; also in the payload of the notification.';
COMMENT ON COLUMN agentpulse.channel_event.event_key IS 'Derived from the change or alert that caused it, so that a replay adds nothing.';
COMMENT ON COLUMN agentpulse.channel_event.channel IS 'The channel to LISTEN on.';
COMMENT ON COLUMN agentpulse.channel_event.payload IS 'The message; event says what happened.';
COMMENT ON COLUMN agentpulse.channel_event.event_time IS 'Event time of what happened.';
COMMENT ON COLUMN agentpulse.channel_event.written_at IS 'Start of the transaction that wrote and sent it.';
