import { isCatchingUp, type Alert, type HealthStatus, type Store } from '@agentpulse/react';
import { formatCount, plural } from '../lib/format';

export type Tone = 'good' | 'warn' | 'bad' | 'none';

export interface Verdict {
  tone: Tone;
  /** What is wrong, worst first; or one part that says that nothing is. */
  parts: { text: string; tone: Tone; target: string }[];
}

export interface VerdictInput {
  health: Record<HealthStatus, number>;
  overSla: number;
  unsafe: number;
  /** Open alerts of the pipeline about itself. */
  pipeline: number;
  /** Whether the job still reads what was committed before its restart. */
  catchingUp: boolean;
  /** Open alerts by rules that the page does not know. */
  other: number;
}

export function verdictInput(store: Store, health: Record<HealthStatus, number>): VerdictInput {
  const open = store.list('alert').filter((alert: Alert) => alert.status !== 'resolved');
  const known = new Set(['agent_degraded', 'approval_sla_breach', 'unsafe_response', 'slow_query']);
  return {
    health,
    overSla: store.row('approval_queue', 'all')?.sla_breach_count ?? 0,
    unsafe: open.filter((alert) => alert.rule === 'unsafe_response').length,
    pipeline: open.filter((alert) => isPipeline(alert.rule)).length,
    catchingUp: isCatchingUp(store.list('pipeline_status')),
    other: open.filter((alert) => !known.has(alert.rule) && !isPipeline(alert.rule)).length,
  };
}

const isPipeline = (rule: string) => /^pipeline(_|$)/.test(rule);

/** The state of everything as one sentence, from the figures alone. */
export function verdict({ health, overSla, unsafe, pipeline, catchingUp, other }: VerdictInput): Verdict {
  const { degraded, warning, healthy, idle } = health;
  const agents = degraded + warning + healthy + idle;
  const parts: Verdict['parts'] = [];
  const add = (count: number, text: string, tone: Tone, target: string) => {
    if (count > 0) {
      parts.push({ text, tone, target });
    }
  };
  add(unsafe, plural(unsafe, 'unsafe answer'), 'bad', '#incidents');
  add(degraded, `${plural(degraded, 'agent')} degraded`, 'bad', '#agents');
  add(overSla, `${plural(overSla, 'approval')} over SLA`, 'bad', '#queue');
  add(pipeline, plural(pipeline, 'pipeline warning'), 'warn', '#incidents');
  add(Number(catchingUp), 'Catching up after a restart', 'warn', '#pipeline');
  add(other, `${plural(other, 'other incident')}`, 'warn', '#incidents');
  add(warning, `${plural(warning, 'agent')} slow`, 'warn', '#agents');
  if (parts.length > 0) {
    return { tone: parts.some((part) => part.tone === 'bad') ? 'bad' : 'warn', parts };
  }
  if (agents === 0) {
    return { tone: 'none', parts: [{ text: 'Waiting for the first query', tone: 'none', target: '#agents' }] };
  }
  if (healthy === 0) {
    return { tone: 'none', parts: [{ text: idle === 1 ? 'The agent is idle' : `All ${formatCount(idle)} agents are idle`, tone: 'none', target: '#agents' }] };
  }
  const text =
    healthy === 1 && idle === 0
      ? 'The agent is healthy'
      : `${idle === 0 ? `All ${formatCount(healthy)}` : formatCount(healthy)} ${healthy === 1 ? 'agent' : 'agents'} healthy` + (idle > 0 ? `, ${formatCount(idle)} idle` : '');
  return { tone: 'good', parts: [{ text, tone: 'good', target: '#agents' }] };
}

/** How many things want a person, each by itself: a new one among many is heard. */
export function openCount({ health, overSla, unsafe, pipeline, other }: VerdictInput): number {
  return health.degraded + overSla + unsafe + pipeline + other;
}
