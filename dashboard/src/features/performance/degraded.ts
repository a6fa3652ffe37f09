import { useCallback } from 'react';
import { useSelect, type Store } from '@agentpulse/react';
import type { Span } from '../../components/TimeChart';

/** When an agent was degraded, or any agent (null): spans that touch are one. */
export function degradedSpans(store: Store, agent: string | null): Span[] {
  const spans = store
    .list('alert')
    .filter((alert) => alert.rule === 'agent_degraded' && (agent === null || alert.subject === agent))
    .map((alert): Span => ({ from: Date.parse(alert.opened_at), to: alert.resolved_at === null ? null : Date.parse(alert.resolved_at) }))
    .sort((a, b) => a.from - b.from);
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last === undefined || (last.to !== null && span.from > last.to)) {
      merged.push(span);
    } else if (last.to !== null) {
      merged[merged.length - 1] = { from: last.from, to: span.to === null ? null : Math.max(last.to, span.to) };
    }
  }
  return merged;
}

export function useDegradedSpans(agent: string | null): readonly Span[] {
  return useSelect(['alert'], useCallback((store: Store) => degradedSpans(store, agent), [agent]));
}
