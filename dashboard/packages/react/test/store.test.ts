import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { isCatchingUp, progressText, ticksOnly } from '../src/progress';
import type { AgentHealth, AgentPerformance, ChannelEvent, PipelineStatus } from '../src/rows';
import { Store, type Change } from '../src/store';
import { compareTimes } from '../src/tables';

function health(agent: string, status: AgentHealth['health_status']): AgentHealth {
  return { agent, health_status: status, since: '2026-01-01T00:00:00Z', avg_latency_ms_1m: 10, last_query_at: null };
}

function performance(agent: string, second: number, count: number): AgentPerformance {
  return {
    agent, window_name: '1m', window_start: time(second - 60), window_end: time(second), query_count: count,
    avg_latency_ms: 1, max_latency_ms: 1, p50_latency_ms: 1, p95_latency_ms: 1, p99_latency_ms: 1, slow_query_count: 0,
    approved_count: 0, rejected_count: 0, unreviewed_count: 0, approval_rate_pct: null, human_edited_count: 0,
    human_edit_rate_pct: null, quality_score: null,
  };
}

function time(second: number): string {
  return new Date(1_767_225_600_000 + second * 1_000).toISOString();
}

function event(seq: number): ChannelEvent {
  return { seq, channel: 'c', payload: {}, event_time: time(seq), written_at: time(seq) };
}

const put = (row: AgentPerformance): Change => ({ table: 'agent_performance', type: 'upsert', row });

describe('a frame', () => {
  test('calls only the listeners whose rows changed', () => {
    const store = new Store();
    store.apply([{ table: 'agent_health', type: 'replace', rows: [health('a', 'healthy'), health('b', 'healthy')] }]);
    const [a, b, all, other] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    store.subscribe('agent_health/a', a);
    store.subscribe('agent_health/b', b);
    store.subscribe('agent_health', all);
    store.subscribe('alert', other);
    store.apply([{ table: 'agent_health', type: 'upsert', row: health('b', 'degraded') }]);
    expect([a, b, all, other].map((listener) => listener.mock.calls.length)).toEqual([0, 1, 1, 0]);
  });

  test('that changes nothing is no frame: rows stay the same objects', () => {
    const store = new Store();
    store.apply([{ table: 'agent_health', type: 'replace', rows: [health('a', 'healthy')] }]);
    const [row, list, frames] = [store.row('agent_health', 'a'), store.list('agent_health'), store.frames];
    store.apply([{ table: 'agent_health', type: 'replace', rows: [health('a', 'healthy')] }]);
    expect(store.row('agent_health', 'a')).toBe(row);
    expect(store.list('agent_health')).toBe(list);
    expect(store.frames).toBe(frames);
  });

  test('that replaces a table takes out what is not in it', () => {
    const store = new Store();
    store.apply([{ table: 'agent_health', type: 'replace', rows: [health('a', 'healthy'), health('b', 'healthy')] }]);
    store.apply([{ table: 'agent_health', type: 'replace', rows: [health('b', 'healthy')] }]);
    expect(store.list('agent_health').map((row) => row.agent)).toEqual(['b']);
  });
});

test('any order, repetition and loss of ticks but the last ends in the same rows', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ agent: fc.constantFrom('a', 'b', 'c'), second: fc.integer({ min: 0, max: 30 }) }), { minLength: 1 }), fc.func(fc.integer()), (ticks, order) => {
      const rows = ticks.map(({ agent, second }) => performance(agent, second, second));
      const shuffled = [...rows, ...rows].sort((x, y) => order(x.agent, x.query_count) - order(y.agent, y.query_count));
      const store = new Store();
      shuffled.forEach((row) => store.apply([put(row)]));
      for (const agent of ['a', 'b', 'c']) {
        const newest = Math.max(...ticks.filter((tick) => tick.agent === agent).map((tick) => tick.second));
        expect(store.row('agent_performance', `1m ${agent}`)?.query_count).toBe(newest === -Infinity ? undefined : newest);
      }
    }),
  );
});

test('what waits during a pause gives on resume what it would have given without', () => {
  const change = fc.oneof(
    fc.record({ agent: fc.constantFrom('a', 'b'), second: fc.integer({ min: 0, max: 9 }) }).map(({ agent, second }) => put(performance(agent, second, second))),
    fc.constantFrom('healthy', 'degraded').map((status): Change => ({ table: 'agent_health', type: 'upsert', row: health('a', status as 'healthy') })),
    fc.constant<Change>({ table: 'agent_health', type: 'delete', row: { agent: 'a' } }),
    fc.constant<Change>({ table: 'agent_health', type: 'replace', rows: [health('b', 'idle')] }),
  );
  fc.assert(
    fc.property(fc.array(change), fc.array(change), (before, during) => {
      const [plain, paused] = [new Store(), new Store()];
      [...before, ...during].forEach((each) => plain.apply([each]));
      before.forEach((each) => paused.apply([each]));
      paused.pause();
      const shown = paused.list('agent_health');
      during.forEach((each) => paused.apply([each]));
      expect(paused.list('agent_health')).toBe(shown);
      paused.resume();
      for (const table of ['agent_health', 'agent_performance'] as const) {
        const text = (store: Store) => store.list(table).map((row) => JSON.stringify(row)).sort();
        expect(text(paused)).toEqual(text(plain));
      }
    }),
  );
});

test('a pause counts rows, not changes, and holds no more than their newest', () => {
  const store = new Store();
  store.pause();
  for (let second = 0; second < 5_000; second += 1) {
    store.apply([put(performance('a', second, second)), put(performance('b', second, second))]);
  }
  expect(store.waiting).toBe(2);
  store.resume();
  expect(store.row('agent_performance', '1m a')?.query_count).toBe(4_999);
  expect(store.waiting).toBe(0);
});

/** How many things an object holds, through maps, sets, lists and rows. */
function holds(root: unknown): number {
  const found = new Set<unknown>();
  const waiting = [root];
  while (waiting.length > 0) {
    const each = waiting.pop();
    if (typeof each === 'object' && each !== null && !found.has(each)) {
      found.add(each);
      const inside = each instanceof Map ? [...each].flat() : each instanceof Set ? [...each] : Object.values(each);
      inside.filter((one) => typeof one === 'string' && one.length > 0).forEach((key) => found.add(key));
      waiting.push(...inside);
    }
  }
  return found.size;
}

test('a long pause counts every message and holds no more of them than their table does', () => {
  const store = new Store();
  const send = (first: number) => store.apply(Array.from({ length: 100 }, (_, index) => ({ table: 'channel_event', type: 'upsert', row: event(first + index) })));
  [1, 101, 201, 301, 401].forEach(send);
  const shown = store.list('channel_event');
  store.pause();
  for (let seq = 501; seq <= 20_500; seq += 100) {
    send(seq);
  }
  expect(store.waiting).toBe(20_000);
  expect(store.list('channel_event')).toBe(shown);
  // A message is itself, its payload, its key and its time.
  expect(holds(store)).toBeLessThan((500 + 1_100) * 6);
  store.resume();
  expect(store.waiting).toBe(0);
  expect(Math.max(...store.list('channel_event').map((row) => row.seq))).toBe(20_500);
  expect(store.list('channel_event').length).toBeLessThanOrEqual(1_100);
});

test('the last messages of a quiet channel stay, whatever a busy one sends', () => {
  const store = new Store();
  const quiet = Array.from({ length: 200 }, (_, index) => ({ ...event(index + 1), channel: 'sla_breach_stream' }));
  store.apply(quiet.map((row) => ({ table: 'channel_event', type: 'upsert', row })));
  for (let seq = 201; seq <= 5_200; seq += 1) {
    store.apply([{ table: 'channel_event', type: 'upsert', row: event(seq) }]);
  }
  const held = store.list('channel_event');
  expect(held.length).toBeLessThanOrEqual(1_100);
  expect(held.filter(({ channel }) => channel === 'sla_breach_stream').map(({ seq }) => seq)).toEqual(quiet.slice(-150).map(({ seq }) => seq));
  expect(Math.max(...held.map(({ seq }) => seq))).toBe(5_200);
});

test('a long pause holds nothing of approvals that came and were decided in it, and one read of each table', () => {
  const store = new Store();
  store.pause();
  for (let id = 0; id < 1_900; id += 1) {
    store.apply([
      { table: 'pending_approval', type: 'upsert', row: { id: String(id), conversation_id: null, created_at: time(id) } },
      { table: 'agent_health', type: 'replace', rows: [health('a', 'healthy'), health('b', 'healthy')] },
    ]);
    store.apply([{ table: 'pending_approval', type: 'delete', row: { id: String(id) } }]);
  }
  expect(store.waiting).toBe(2);
  expect(holds(store)).toBeLessThan(100);
});

test('messages and resolved alerts are bounded, the oldest go first', () => {
  const store = new Store();
  for (let seq = 1; seq <= 5_000; seq += 1) {
    store.apply([{ table: 'channel_event', type: 'upsert', row: event(seq) }]);
  }
  const held = store.list('channel_event').map((row) => row.seq);
  expect(held.length).toBeLessThanOrEqual(1_100);
  expect(Math.max(...held)).toBe(5_000);
  expect(Math.min(...held)).toBeGreaterThan(3_800);
});

test('times are compared by what they say, to the microsecond, however they are written', () => {
  expect(compareTimes('2026-01-01T13:04:07.5+00:00', '2026-01-01T13:04:07.500000Z')).toBe(0);
  expect(compareTimes('2026-01-01T13:04:07.500001+00:00', '2026-01-01T13:04:07.5+00:00')).toBeGreaterThan(0);
  expect(compareTimes('2026-01-01T15:00:00+02:00', '2026-01-01T13:00:00Z')).toBe(0);
});

test('a job that still reads the tables has written no tick, and says how far it is', () => {
  const row = (details: PipelineStatus['details']) => ({ component: 'writer', as_of: '1970-01-01T00:00:00Z', details }) as PipelineStatus;
  const reading = row({ snapshot: '{"tables": {"agent_queries": {"rows": 12000, "done": false}, "agent_feedback": {"rows": 7, "done": true}}}' });
  const ticking = row({ agent_queries: { read: 1, late: 0, rejected: 0, replayed: 0 } });
  expect(ticksOnly({ table: 'pipeline_status', type: 'replace', rows: [reading, ticking] })).toMatchObject({ rows: [ticking] });
  expect(ticksOnly({ table: 'pipeline_status', type: 'upsert', row: reading })).toBeNull();
  expect(progressText([reading])).toBe('The tables are read: agent_queries: 12,000 rows so far, agent_feedback: 7 rows');
  expect(progressText([ticking])).toBeNull();
});

test('a job that reads what was committed before its restart is catching up, and its rows are ticks', () => {
  const row = { component: 'writer', as_of: '2026-01-01T00:00:00Z', details: { backlog: true } } as unknown as PipelineStatus;
  expect(isCatchingUp([{ ...row, details: {} }, row])).toBe(true);
  expect(isCatchingUp([{ ...row, details: {} }])).toBe(false);
  expect(ticksOnly({ table: 'pipeline_status', type: 'upsert', row })).not.toBeNull();
});
