import { useCallback, useMemo } from 'react';
import { acknowledgeAlert, type AcknowledgeResult } from './acknowledge';
import { useLiveSource } from './context';
import type { FreshnessLevel, OutageCause } from './freshness';
import { isCatchingUp } from './progress';
import type {
  AgentHealth,
  AgentPerformance,
  Alert,
  AnnotatorActivity,
  ApprovalActivity,
  ApprovalQueue,
  PendingApproval,
  PipelineStatus,
  TrainingQuality,
  WindowName,
} from './rows';
import { useFreshnessSelect, useLink, useRow, useTable } from './select';

/** Whether the figures are old; every hook says so, so that no component shows old figures as if they were new. */
export interface Age {
  /** Up to when the figures are complete (ISO 8601, the database's clock); null before the first. */
  asOf: string | null;
  /** No tick for three seconds: show the figures, but say that they are old. */
  stale: boolean;
}

function useAge(): Age {
  const asOf = useTable('pipeline_status').reduce<string | null>(
    (least, { as_of }) => (least === null || Date.parse(as_of) < Date.parse(least) ? as_of : least),
    null,
  );
  const stale = useFreshnessSelect((now) => now.stale);
  return { asOf, stale };
}

export interface AgentMetrics extends AgentHealth {
  /** The figures of the window asked for; undefined until its first row comes. */
  performance: AgentPerformance | undefined;
}

/** Every agent with its health and the figures of one window, by name. */
export function useRealtimeAgentMetrics(window: WindowName = '5m'): Age & { agents: AgentMetrics[] } {
  const health = useTable('agent_health');
  const performance = useTable('agent_performance');
  const agents = useMemo(() => {
    const ofWindow = new Map(performance.filter((row) => row.window_name === window).map((row) => [row.agent, row]));
    return health
      .map((row) => ({ ...row, performance: ofWindow.get(row.agent) }))
      .sort((a, b) => (a.agent < b.agent ? -1 : 1));
  }, [health, performance, window]);
  return { agents, ...useAge() };
}

/** What waits for approval, oldest first, and what was decided in a window. */
export function useApprovalQueue(window: WindowName = '1h'): Age & {
  queue: ApprovalQueue | undefined;
  activity: ApprovalActivity | undefined;
  /** May be shorter than queue.pending_count: see the package's page. */
  pending: PendingApproval[];
} {
  const queue = useRow('approval_queue', 'all');
  const activity = useRow('approval_activity', window);
  const rows = useTable('pending_approval');
  const pending = useMemo(
    () => [...rows].sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at) || (a.id < b.id ? -1 : 1)),
    [rows],
  );
  return { queue, activity, pending, ...useAge() };
}

/** Alerts, newest first, and the way to take one on. */
export function useAlerts(status?: Alert['status']): Age & {
  alerts: Alert[];
  acknowledge: (alertId: string, options?: { undo?: boolean }) => Promise<AcknowledgeResult>;
} {
  const live = useLiveSource();
  const rows = useTable('alert');
  const alerts = useMemo(
    () =>
      rows
        .filter((row) => status === undefined || row.status === status)
        .sort((a, b) => Date.parse(b.opened_at) - Date.parse(a.opened_at)),
    [rows, status],
  );
  const acknowledge = useCallback(
    (alertId: string, options?: { undo?: boolean }) => acknowledgeAlert(live, alertId, options),
    [live],
  );
  return { alerts, acknowledge, ...useAge() };
}

/** The quality of the training data over a window, and who annotated. */
export function useTrainingQuality(window: WindowName = '24h'): Age & {
  quality: TrainingQuality | undefined;
  annotators: AnnotatorActivity[];
} {
  const quality = useRow('training_quality', window);
  const rows = useTable('annotator_activity');
  const annotators = useMemo(
    () =>
      rows
        .filter((row) => row.window_name === window)
        .sort((a, b) => b.feedback_count - a.feedback_count || (a.annotator < b.annotator ? -1 : 1)),
    [rows, window],
  );
  return { quality, annotators, ...useAge() };
}

/** How old the figures are, why, and what the pipeline counts. */
export function usePipelineStatus(): Age & {
  components: readonly PipelineStatus[];
  ageSeconds: number | null;
  level: FreshnessLevel;
  cause: OutageCause | null;
  mode: 'starting' | 'live' | 'polling' | 'down';
  /** The job still reads what was committed before its restart: until it has, no breach of an SLA becomes an alert. */
  catchingUp: boolean;
} {
  const components = useTable('pipeline_status');
  const { mode } = useLink();
  const ageSeconds = useFreshnessSelect((now) => (now.ageMs === null ? null : Math.floor(now.ageMs / 100) / 10));
  const level = useFreshnessSelect((now) => now.level) as FreshnessLevel;
  const cause = useFreshnessSelect((now) => now.cause) as OutageCause | null;
  return { components, ageSeconds, level, cause, mode, catchingUp: isCatchingUp(components), ...useAge() };
}
