/** The rows of AgentPulse's result tables, as PostgREST and Realtime deliver them. Times are ISO 8601 texts. */

export type WindowName = '1m' | '5m' | '15m' | '1h' | '24h';
export type HealthStatus = 'healthy' | 'warning' | 'degraded' | 'idle';
export type Severity = 'info' | 'warning' | 'critical';
export type AlertStatus = 'open' | 'acknowledged' | 'resolved';

export interface AgentPerformance {
  agent: string;
  window_name: string;
  window_start: string;
  window_end: string;
  query_count: number;
  avg_latency_ms: number | null;
  max_latency_ms: number | null;
  p50_latency_ms: number | null;
  p95_latency_ms: number | null;
  p99_latency_ms: number | null;
  slow_query_count: number;
  approved_count: number;
  rejected_count: number;
  unreviewed_count: number;
  approval_rate_pct: number | null;
  human_edited_count: number;
  human_edit_rate_pct: number | null;
  quality_score: number | null;
}

export interface AgentHealth {
  agent: string;
  health_status: HealthStatus;
  since: string;
  avg_latency_ms_1m: number | null;
  last_query_at: string | null;
}

export interface ApprovalQueue {
  queue: string;
  pending_count: number;
  sla_breach_count: number;
  sla_breach_pct: number | null;
  avg_pending_age_seconds: number | null;
  min_pending_age_seconds: number | null;
  max_pending_age_seconds: number | null;
  pending_under_1m: number;
  pending_1m_to_5m: number;
  pending_5m_to_15m: number;
  pending_over_15m: number;
  oldest_pending_id: string | null;
  oldest_pending_conversation_id: string | null;
  oldest_pending_created_at: string | null;
  as_of: string;
}

export interface ApprovalActivity {
  window_name: string;
  window_start: string;
  window_end: string;
  requested_count: number;
  approved_count: number;
  rejected_count: number;
  expired_count: number;
  decided_count: number;
  approval_rate_pct: number | null;
  avg_resolution_seconds: number | null;
  p50_resolution_seconds: number | null;
  p95_resolution_seconds: number | null;
  within_sla_count: number;
  sla_compliance_pct: number | null;
}

export interface TrainingQuality {
  window_name: string;
  window_start: string;
  window_end: string;
  feedback_count: number;
  safe_count: number;
  unsafe_count: number;
  unreviewed_count: number;
  unsafe_rate_pct: number | null;
  avg_clarity: number | null;
  avg_accuracy: number | null;
  avg_tone: number | null;
  label_counts: Record<string, number>;
  active_annotator_count: number;
}

export interface AnnotatorActivity {
  annotator: string;
  window_name: string;
  feedback_count: number;
  safe_count: number;
  unsafe_count: number;
  avg_overall: number | null;
  last_feedback_at: string | null;
  window_start: string;
  window_end: string;
}

export interface Alert {
  alert_id: string;
  rule: string;
  subject: string;
  severity: Severity;
  status: AlertStatus;
  value: number | null;
  threshold: number | null;
  conversation_id: string | null;
  details: Record<string, unknown>;
  opened_at: string;
  resolved_at: string | null;
  detected_at: string;
  acknowledged_by: string | null;
  acknowledged_at: string | null;
}

export interface ChannelEvent {
  seq: number;
  channel: string;
  payload: Record<string, unknown> & { event?: string };
  event_time: string;
  written_at: string;
}

export interface SourceCounts {
  read: number;
  late: number;
  rejected: number;
  replayed: number;
}

export interface PipelineStatus {
  component: string;
  as_of: string;
  commit_lsn: string | null;
  tick: number;
  written_at: string;
  changes_read: number;
  changes_late: number;
  changes_rejected: number;
  changes_replayed: number;
  /** By source table; and what else a job notes, such as how far it is with reading the tables. */
  details: Record<string, SourceCounts | number | string | boolean | object>;
}

/** One approval that waits now. Not a table of AgentPulse: put together from messages and alerts (see pending.ts). */
export interface PendingApproval {
  id: string;
  conversation_id: string | null;
  created_at: string;
}

export interface Tables {
  agent_performance: AgentPerformance;
  agent_health: AgentHealth;
  approval_queue: ApprovalQueue;
  approval_activity: ApprovalActivity;
  training_quality: TrainingQuality;
  annotator_activity: AnnotatorActivity;
  alert: Alert;
  channel_event: ChannelEvent;
  pipeline_status: PipelineStatus;
  pending_approval: PendingApproval;
}

export type TableName = keyof Tables;
