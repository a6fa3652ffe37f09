import type { HealthStatus, Store } from '@agentpulse/react';

export const SEVERITY: Record<HealthStatus, number> = { degraded: 0, warning: 1, healthy: 2, idle: 3 };

export const HEALTH_WORD: Record<HealthStatus, string> = {
  healthy: 'Healthy',
  warning: 'Slow',
  degraded: 'Degraded',
  idle: 'Idle',
};

export type SortKey = 'status' | 'agent' | 'latency' | 'p95' | 'volume' | 'approval' | 'edits' | 'score';

/** Names of the agents in the order wanted; equals stand by name, and what has no figure stands last. */
export function agentOrder(store: Store, sort: SortKey, descending: boolean, find: string, status: string | null): string[] {
  const needle = find.trim().toLowerCase();
  const rows = store
    .list('agent_health')
    .filter((row) => (needle === '' || row.agent.toLowerCase().includes(needle)) && (!status || row.health_status === status));
  const value = (agent: string): number | null => {
    const one = store.row('agent_performance', `1m ${agent}`);
    const five = store.row('agent_performance', `5m ${agent}`);
    switch (sort) {
      case 'latency':
        return store.row('agent_health', agent)?.avg_latency_ms_1m ?? null;
      case 'p95':
        return five?.p95_latency_ms ?? null;
      case 'volume':
        return one?.query_count ?? null;
      case 'approval':
        return five?.approval_rate_pct ?? null;
      case 'edits':
        return five?.human_edit_rate_pct ?? null;
      case 'score':
        return five?.quality_score ?? null;
      default:
        return null;
    }
  };
  const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const keyed = rows.map((row) => ({ agent: row.agent, status: SEVERITY[row.health_status], value: value(row.agent) }));
  const sign = descending ? -1 : 1;
  keyed.sort((a, b) => {
    if (sort === 'status') {
      return (a.status - b.status) * sign || byName(a.agent, b.agent);
    }
    if (sort === 'agent') {
      return byName(a.agent, b.agent) * sign;
    }
    if (a.value === null || b.value === null) {
      return Number(a.value === null) - Number(b.value === null) || byName(a.agent, b.agent);
    }
    return (a.value - b.value) * sign || byName(a.agent, b.agent);
  });
  return keyed.map((row) => row.agent);
}
