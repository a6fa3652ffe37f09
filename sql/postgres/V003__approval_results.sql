-- The approvals: what waits now, and what was asked for and decided over sliding windows.

CREATE TABLE agentpulse.approval_queue (
    queue text PRIMARY KEY,
    pending_count bigint NOT NULL,
    sla_breach_count bigint NOT NULL,
    sla_breach_pct numeric,
    avg_pending_age_seconds numeric,
    min_pending_age_seconds numeric,
    max_pending_age_seconds numeric,
    pending_under_1m bigint NOT NULL,
    pending_1m_to_5m bigint NOT NULL,
    pending_5m_to_15m bigint NOT NULL,
    pending_over_15m bigint NOT NULL,
    oldest_pending_id text,
    oldest_pending_conversation_id text,
    oldest_pending_created_at timestamptz,
    as_of timestamptz NOT NULL
) WITH (fillfactor = 75, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.approval_queue ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.approval_queue IS
    'Approvals that are pending now and were created up to as_of. Rewritten every second while anything waits, for ages move.';
COMMENT ON COLUMN agentpulse.approval_queue.queue IS 'The queue: always all for now.';
COMMENT ON COLUMN agentpulse.approval_queue.pending_count IS 'Approvals that are pending.';
COMMENT ON COLUMN agentpulse.approval_queue.sla_breach_count IS 'Pending for at least the agreed time, 5 minutes unless configured otherwise.';
COMMENT ON COLUMN agentpulse.approval_queue.sla_breach_pct IS '100 * breached / pending, 2 decimals; null when nothing is pending.';
COMMENT ON COLUMN agentpulse.approval_queue.avg_pending_age_seconds IS 'Average of as_of - created_at, 2 decimals; null when nothing is pending.';
COMMENT ON COLUMN agentpulse.approval_queue.min_pending_age_seconds IS 'Age of the newest pending approval, 2 decimals; null when nothing is pending.';
COMMENT ON COLUMN agentpulse.approval_queue.max_pending_age_seconds IS 'Age of the oldest pending approval, 2 decimals; null when nothing is pending.';
COMMENT ON COLUMN agentpulse.approval_queue.pending_under_1m IS 'Pending with an age below 60 s.';
COMMENT ON COLUMN agentpulse.approval_queue.pending_1m_to_5m IS 'Pending with an age from 60 s to below 300 s.';
COMMENT ON COLUMN agentpulse.approval_queue.pending_5m_to_15m IS 'Pending with an age from 300 s to below 900 s.';
COMMENT ON COLUMN agentpulse.approval_queue.pending_over_15m IS 'Pending with an age of 900 s or more.';
COMMENT ON COLUMN agentpulse.approval_queue.oldest_pending_id IS 'Key, as text, of the approval that waits longest; null when nothing is pending.';
COMMENT ON COLUMN agentpulse.approval_queue.oldest_pending_conversation_id IS 'Conversation of the approval that waits longest.';
COMMENT ON COLUMN agentpulse.approval_queue.oldest_pending_created_at IS 'Since when the approval that waits longest has waited.';
COMMENT ON COLUMN agentpulse.approval_queue.as_of IS 'Database time for which the row was computed.';

CREATE TABLE agentpulse.approval_activity (
    window_name text PRIMARY KEY,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    requested_count bigint NOT NULL,
    approved_count bigint NOT NULL,
    rejected_count bigint NOT NULL,
    expired_count bigint NOT NULL,
    decided_count bigint NOT NULL,
    approval_rate_pct numeric,
    avg_resolution_seconds numeric,
    p50_resolution_seconds numeric,
    p95_resolution_seconds numeric,
    within_sla_count bigint NOT NULL,
    sla_compliance_pct numeric
) WITH (fillfactor = 75, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE agentpulse.approval_activity ENABLE ROW LEVEL SECURITY;

COMMENT ON TABLE agentpulse.approval_activity IS
    'Approvals requested (by created_at) and decided (by updated_at, with the status they have now) over sliding windows.';
COMMENT ON COLUMN agentpulse.approval_activity.window_name IS 'The window by its length: 1m, 5m or 1h unless configured otherwise.';
COMMENT ON COLUMN agentpulse.approval_activity.window_start IS 'Start of the window, exclusive.';
COMMENT ON COLUMN agentpulse.approval_activity.window_end IS 'End of the window, inclusive: the database time of the tick that wrote the row.';
COMMENT ON COLUMN agentpulse.approval_activity.requested_count IS 'Approvals whose created_at lies in the window, whatever their status.';
COMMENT ON COLUMN agentpulse.approval_activity.approved_count IS 'Approvals that are approved now and whose updated_at lies in the window.';
COMMENT ON COLUMN agentpulse.approval_activity.rejected_count IS 'Approvals that are rejected now and whose updated_at lies in the window.';
COMMENT ON COLUMN agentpulse.approval_activity.expired_count IS 'Approvals that are expired now and whose updated_at lies in the window.';
COMMENT ON COLUMN agentpulse.approval_activity.decided_count IS 'approved + rejected + expired.';
COMMENT ON COLUMN agentpulse.approval_activity.approval_rate_pct IS '100 * approved / decided, 2 decimals; null when nothing was decided.';
COMMENT ON COLUMN agentpulse.approval_activity.avg_resolution_seconds IS 'Average of updated_at - created_at of the decided, 2 decimals; null when nothing was decided.';
COMMENT ON COLUMN agentpulse.approval_activity.p50_resolution_seconds IS 'Median resolution, 2 decimals: exact up to one hour, at most 1 % above beyond.';
COMMENT ON COLUMN agentpulse.approval_activity.p95_resolution_seconds IS '95th percentile of the resolution, as exact as p50_resolution_seconds.';
COMMENT ON COLUMN agentpulse.approval_activity.within_sla_count IS 'Decided within the agreed time, 5 minutes unless configured otherwise.';
COMMENT ON COLUMN agentpulse.approval_activity.sla_compliance_pct IS '100 * within_sla_count / decided, 2 decimals; null when nothing was decided.';
