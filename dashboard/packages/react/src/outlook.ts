import { useMemo } from 'react';
import { rowsIfThere, rowsOf, usePolled, type Answer } from './polled';

/** What looks ahead is computed every half a minute at most. */
const READ_EVERY_MS = 30_000;
/** It changes when a quarter of an hour ends or somebody sets a capacity, and reads every minute that is kept. */
const HEADROOM_EVERY_MS = 300_000;
const MOST_AGENTS = 1_000;

/** What a forecast is made from. */
export type ForecastBasis = 'two_weeks' | 'yesterday' | 'level' | 'sum';

/** Slots of equal length, one value each. */
export interface ForecastSlots {
  first_slot: string;
  slot_seconds: number;
  expected: number[];
  /** Eight of ten times it is between the two; null until enough forecasts have been compared with what came. */
  low: number[] | null;
  high: number[] | null;
  basis: ForecastBasis;
  as_of: string;
}

export interface AgentForecast extends ForecastSlots {
  agent: string;
  measure: 'query_count' | 'concurrency';
}

export interface ApprovalForecast extends ForecastSlots {
  measure: 'requested' | 'pending';
  minutes_to_clear: number | null;
  breaches_next_15m: number | null;
  approvers_needed: number | null;
}

export interface AgentTrend {
  agent: string;
  rate_5m: number | null;
  rate_1h: number | null;
  trend: 'rising' | 'falling' | 'flat' | null;
  trend_change_pct: number | null;
  change_vs_yesterday_pct: number | null;
  change_vs_last_week_pct: number | null;
  /** Queries that the last five minutes, and the last hour, should hold, and between what is usual; null while less than a week is known. */
  expected_5m: number | null;
  low_5m: number | null;
  high_5m: number | null;
  expected_1h: number | null;
  low_1h: number | null;
  high_1h: number | null;
  as_of: string;
}

export interface AgentHeadroom {
  agent: string;
  capacity: number | null;
  capacity_source: 'set' | 'observed';
  headroom_pct: number | null;
  exhausted_at: string | null;
}

export interface Outlook {
  trends: readonly AgentTrend[];
  /** Null where it could not be read. */
  headroom: readonly AgentHeadroom[] | null;
  approvals: readonly ApprovalForecast[];
}

/** Where agents and approvals are going. */
export function useOutlook(): Answer<Outlook> {
  const headroom = usePolled(
    'agent_headroom',
    ({ client, signal }) => rowsIfThere<AgentHeadroom>(client.from('agent_headroom').select('*').order('agent').limit(MOST_AGENTS).abortSignal(signal)),
    HEADROOM_EVERY_MS,
  );
  const rest = usePolled(
    'outlook',
    async ({ client, signal }) => {
      const [trends, approvals] = await Promise.all([
        rowsIfThere<AgentTrend>(client.from('agent_trend').select('*').order('agent').limit(MOST_AGENTS).abortSignal(signal)),
        rowsOf<ApprovalForecast>(client.from('approval_forecast').select('*').abortSignal(signal)),
      ]);
      return { trends, approvals };
    },
    READ_EVERY_MS,
  );
  const ahead = rest.state === 'ready' ? rest.value : null;
  const room = headroom.state === 'ready' ? headroom.value : null;
  const both = useMemo(() => ahead && { ...ahead, headroom: room }, [ahead, room]);
  // Both come at once, as rows go by the room that is left; what fails is not waited for.
  return both === null ? (rest as Answer<Outlook>) : headroom.state === 'reading' ? { state: 'reading' } : { state: 'ready', value: both };
}

/** Where one agent is going; null where that is not known yet. */
export function useAgentTrend(agent: string): Answer<AgentTrend | null> {
  return usePolled(
    `agent_trend ${agent}`,
    async ({ client, signal }) => (await rowsOf<AgentTrend>(client.from('agent_trend').select('*').eq('agent', agent).limit(1).abortSignal(signal)))[0] ?? null,
    READ_EVERY_MS,
  );
}

/** An agent's next day: its queries, and how many of them are on their way at once. */
export function useAgentForecast(agent: string): Answer<readonly AgentForecast[]> {
  return usePolled(
    `agent_forecast ${agent}`,
    ({ client, signal }) => rowsOf<AgentForecast>(client.from('agent_forecast').select('*').eq('agent', agent).abortSignal(signal)),
    READ_EVERY_MS,
  );
}

/** What is going to be requested and to wait, without all that useOutlook reads. */
export function useApprovalForecast(): Answer<readonly ApprovalForecast[]> {
  return usePolled('approval_forecast', ({ client, signal }) => rowsOf<ApprovalForecast>(client.from('approval_forecast').select('*').abortSignal(signal)), READ_EVERY_MS);
}

/** A slot of all agents together. */
export interface ForecastSum {
  slot_start: string;
  slot_seconds: number;
  expected: number;
  agent_count: number;
  as_of: string;
}

/** The slots that every agent has, one after the other: a sum of fewer would look like a fall. Null where there is none. */
export function sumOfForecasts(rows: readonly ForecastSum[]): ForecastSlots | null {
  const agents = Math.max(...rows.map(({ agent_count }) => agent_count));
  const whole = rows.filter(({ agent_count }) => agent_count === agents);
  const [first] = whole;
  if (first === undefined) {
    return null;
  }
  const start = Date.parse(first.slot_start);
  const until = whole.findIndex(({ slot_start }, index) => Date.parse(slot_start) !== start + index * first.slot_seconds * 1_000);
  const expected = whole.slice(0, until < 0 ? whole.length : until).map((row) => row.expected);
  return { first_slot: first.slot_start, slot_seconds: first.slot_seconds, expected, low: null, high: null, basis: 'sum', as_of: first.as_of };
}

/** The next day's queries of all agents together; null where nobody has a forecast yet. */
export function useAllAgentsForecast(): Answer<ForecastSlots | null> {
  return usePolled(
    'all_agents_forecast',
    async ({ client, signal }) => sumOfForecasts(await rowsOf<ForecastSum>(client.from('all_agents_forecast').select('*').eq('measure', 'query_count').order('slot_start').limit(MOST_AGENTS).abortSignal(signal))),
    READ_EVERY_MS,
  );
}
