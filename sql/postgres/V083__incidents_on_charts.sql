-- Charts of history ask every half a minute for more incidents of agents than for those of degraded ones, and for those of approvals,
-- within up to 90 days. As in V079 an index finds them among all alerts; it takes the place of that one.
CREATE INDEX alert_of_agents ON agentpulse.alert_record (opened_at, subject)
    WHERE rule IN ('agent_degraded', 'volume_anomaly', 'latency_anomaly', 'rate_anomaly', 'quality_drop');

CREATE INDEX alert_of_approvals ON agentpulse.alert_record (opened_at) WHERE rule = 'approval_sla_breach';

DROP INDEX agentpulse.alert_of_degraded;
