-- Charts of history ask every half a minute for the incidents of one agent, or of all, within up to 90 days. That read every alert
-- that is kept: slow queries, of which there may be millions, among a few thousand of these. An agent is found in the index, too.
CREATE INDEX alert_of_degraded ON agentpulse.alert_record (opened_at, subject) WHERE rule = 'agent_degraded';
