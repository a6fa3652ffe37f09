import type { Store } from '@agentpulse/react';

export interface Totals {
  agents: number;
  queries: number;
  latency: number | null;
}

/** All agents together over the last minute; the average weighs each query, not each agent. */
export function totals(store: Store): Totals {
  let queries = 0;
  let weighed = 0;
  let known = 0;
  for (const row of store.list('agent_performance')) {
    if (row.window_name === '1m') {
      queries += row.query_count;
      if (row.avg_latency_ms !== null) {
        weighed += row.avg_latency_ms * row.query_count;
        known += row.query_count;
      }
    }
  }
  return {
    agents: store.list('agent_health').length,
    queries,
    latency: known === 0 ? null : Math.round((weighed / known) * 10) / 10,
  };
}
