// @vitest-environment happy-dom
import { act, cleanup, render } from '@testing-library/react';
import { createClient } from '@supabase/supabase-js';
import { Profiler, type ReactNode } from 'react';
import { afterEach, expect, test } from 'vitest';
import { LiveSource, LiveSourceProvider, ServerClock, useAlerts, useApprovalQueue, usePipelineStatus, useRealtimeAgentMetrics, useRow, useSelect, useTrainingQuality } from '../src';
import type { AgentHealth, Tables } from '../src/rows';
import { Store } from '../src/store';

afterEach(cleanup);

/** Never started: what is in the store is all there is. */
function liveSource(): LiveSource {
  const client = createClient('http://127.0.0.1:9', 'anon', { auth: { persistSession: false, autoRefreshToken: false } });
  return new LiveSource({ client, clock: new ServerClock(), store: new Store() });
}

function health(agent: string, latency: number): AgentHealth {
  return { agent, health_status: 'healthy', since: '2026-01-01T00:00:00Z', avg_latency_ms_1m: latency, last_query_at: null };
}

const STATUS = {
  component: 'writer', as_of: '2026-01-01T00:00:01Z', commit_lsn: null, tick: 1, written_at: '', changes_read: 1, changes_late: 0,
  changes_rejected: 0, changes_replayed: 0, details: {},
} satisfies Tables['pipeline_status'];

function page(live: LiveSource, children: ReactNode) {
  return render(<LiveSourceProvider value={live}>{children}</LiveSourceProvider>);
}

test('React commits only for the keys that changed', () => {
  const live = liveSource();
  const commits: string[] = [];
  const Row = ({ agent }: { agent: string }) => <p>{useRow('agent_health', agent)?.avg_latency_ms_1m}</p>;
  live.store.apply([{ table: 'agent_health', type: 'replace', rows: [health('a', 1), health('b', 1), health('c', 1)] }]);
  page(live, ['a', 'b', 'c'].map((agent) => (
    <Profiler key={agent} id={agent} onRender={(id) => commits.push(id)}>
      <Row agent={agent} />
    </Profiler>
  )));
  commits.length = 0;
  act(() => live.store.apply([{ table: 'agent_health', type: 'replace', rows: [health('a', 1), health('b', 2), health('c', 1)] }]));
  expect(commits).toEqual(['b']);
});

test('what is selected renders only when its value differs', () => {
  const live = liveSource();
  let renders = 0;
  const count = (store: Store) => ({ agents: store.list('agent_health').length });
  const Count = () => {
    renders += 1;
    return <p>{useSelect(['agent_health'], count).agents}</p>;
  };
  page(live, <Count />);
  const before = renders;
  act(() => live.store.apply([{ table: 'agent_health', type: 'upsert', row: health('a', 1) }]));
  act(() => live.store.apply([{ table: 'agent_health', type: 'upsert', row: health('a', 2) }]));
  act(() => live.store.apply([{ table: 'agent_health', type: 'upsert', row: health('a', 3) }]));
  expect(renders).toBe(before + 1);
});

test('every hook says up to when its figures are complete, and that they are old without ticks', () => {
  const live = liveSource();
  const seen: Record<string, { asOf: string | null; stale: boolean }> = {};
  const All = () => {
    Object.assign(seen, { agents: useRealtimeAgentMetrics(), queue: useApprovalQueue(), alerts: useAlerts(), quality: useTrainingQuality(), pipeline: usePipelineStatus() });
    return null;
  };
  page(live, <All />);
  act(() => live.store.apply([{ table: 'pipeline_status', type: 'upsert', row: STATUS }, { table: 'pipeline_status', type: 'upsert', row: { ...STATUS, component: 'other', as_of: '2026-01-01T00:00:00.5Z' } }]));
  for (const [hook, { asOf, stale }] of Object.entries(seen)) {
    expect([hook, asOf, stale]).toEqual([hook, '2026-01-01T00:00:00.5Z', true]);
  }
});

test('agents come by name, with the figures of the window that was asked for', () => {
  const live = liveSource();
  const performance = { agent: 'a', window_name: '1h', window_start: '', window_end: '2026-01-01T00:00:00Z', query_count: 7 } as Tables['agent_performance'];
  let agents: ReturnType<typeof useRealtimeAgentMetrics>['agents'] = [];
  const List = () => {
    agents = useRealtimeAgentMetrics('1h').agents;
    return null;
  };
  live.store.apply([{ table: 'agent_health', type: 'replace', rows: [health('b', 1), health('a', 1)] }, { table: 'agent_performance', type: 'upsert', row: performance }]);
  page(live, <List />);
  expect(agents.map(({ agent, performance: row }) => [agent, row?.query_count])).toEqual([['a', 7], ['b', undefined]]);
});
