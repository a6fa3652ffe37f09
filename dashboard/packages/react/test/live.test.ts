import type { SupabaseClient } from '@supabase/supabase-js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LiveSource, ServerClock, type GatewayAddress } from '../src';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Answers {
  error?: { message: string };
  /** How long an answer takes: rows are of the moment it was asked. */
  after?: number | ((table: string) => number);
  /** Of a table, those with a greater seq, where the question says so. */
  rows?: (table: string, afterSeq: number) => object[];
  /** Supabase, where the view of alerts sends no changes. */
  supabase?: boolean;
}

/** A server that answers each question, and tells that changes flow so long after each join. */
function serverThatFlowsAfter(millis: number, { error, after = 0, rows = () => [], supabase = false }: Answers = {}) {
  const asked: string[] = [];
  const followers = new Map<string, (message: object) => void>();
  let said: (status: string) => void = () => undefined;
  let joined = 0;
  const from = (table: string) => {
    let afterSeq = 0;
    const answer = () => {
      asked.push(table);
      const found = { data: rows(table, afterSeq), error: error ?? null, status: error ? 0 : 200 };
      return new Promise((done) => setTimeout(() => done(found), typeof after === 'number' ? after : after(table)));
    };
    const asking = (name: string | symbol) => (_column: string, value: number) => {
      afterSeq = name === 'gt' ? value : afterSeq;
      return query;
    };
    const query: object = new Proxy({}, { get: (_, name) => (name === 'then' ? (done: (value: unknown) => void) => void answer().then(done) : asking(name)) });
    return query;
  };
  const channel = () => {
    let system: (message: object) => void = () => undefined;
    const made = {
      on: (type: string, { table }: { table?: string }, take: typeof system) => {
        system = type === 'system' ? take : system;
        followers.set(table ?? '', take);
        return made;
      },
      subscribe: (tell: (status: string) => void) => {
        joined += 1;
        said = tell;
        setTimeout(() => tell('SUBSCRIBED'), millis / 2);
        setTimeout(() => system({ extension: 'postgres_changes', status: 'ok' }), millis);
      },
    };
    return made;
  };
  const client = { schema: () => ({ from }), channel, removeChannel: () => Promise.resolve('ok') } as unknown as SupabaseClient;
  const live = new LiveSource({ client, clock: new ServerClock(), ...(supabase ? {} : { gateway: { url: '' } as GatewayAddress }) });
  const count = () => asked.splice(0).length;
  const send = (table: string, row: object, eventType = 'INSERT') =>
    followers.get(table)?.({ eventType, commit_timestamp: new Date().toISOString(), new: row, old: row });
  const dropSocket = () => said('CHANNEL_ERROR');
  const joins = () => joined;
  return { live, count, send, dropSocket, joins };
}

/** Alerts and, at first, messages are two questions each: open and resolved, all and those of the queue. */
const A_READ = 11;

test('a page whose socket answers at once reads the tables once', async () => {
  const { live, count } = serverThatFlowsAfter(100);
  live.start();
  await vi.advanceTimersByTimeAsync(700);
  expect(count()).toBe(A_READ);
  live.stop();
});

test('a page whose socket takes its time reads before, and again once changes flow', async () => {
  const { live, count } = serverThatFlowsAfter(900);
  live.start();
  await vi.advanceTimersByTimeAsync(700);
  expect(count()).toBe(A_READ);
  await vi.advanceTimersByTimeAsync(400);
  expect(count()).toBe(A_READ);
  live.stop();
});

const TICK = { component: 'job', as_of: '2026-03-04T10:00:00+00:00' };

test('nothing is shown before every table was read: half of it looks like all is well', async () => {
  const alert = { alert_id: 'a', status: 'open', opened_at: '2026-03-04T09:00:00+00:00' };
  const { live, send } = serverThatFlowsAfter(100, { after: 500, rows: (table) => (table === 'alert' ? [alert] : table === 'pipeline_status' ? [TICK] : []) });
  live.start();
  await vi.advanceTimersByTimeAsync(300);
  send('agent_health', { agent: 'faq' });
  send('pipeline_status', TICK, 'UPDATE');
  await vi.advanceTimersByTimeAsync(300);
  expect(live.freshness().asOf).toBeNull();
  expect(live.store.list('agent_health')).toEqual([]);
  await vi.advanceTimersByTimeAsync(600);
  expect(live.freshness().asOf).toBe(Date.parse(TICK.as_of));
  expect(live.store.list('alert')).toHaveLength(1);
  live.stop();
});

test('what comes while a read is on its way outlives the read', async () => {
  const old = { alert_id: 'old', status: 'open', opened_at: '2026-03-04T09:00:00+00:00' };
  const { live, send } = serverThatFlowsAfter(100, { after: 500, rows: (table) => (table === 'alert' ? [old] : table === 'pipeline_status' ? [TICK] : []) });
  live.start();
  await vi.advanceTimersByTimeAsync(1_500);
  live.read();
  // The alerts are asked when the status has answered.
  await vi.advanceTimersByTimeAsync(700);
  send('alert', { ...old, alert_id: 'new' });
  send('alert', old, 'DELETE');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(live.store.list('alert').map((row) => row.alert_id)).toEqual(['new']);
  live.stop();
});

describe('alerts that are read again because the tables behind them changed', () => {
  const alerts = (...ids: string[]) => ids.map((alert_id) => ({ alert_id, status: 'open', opened_at: '2026-03-04T09:00:00+00:00' }));

  test('outlive a read of everything that had asked for them before', async () => {
    let open = alerts('a');
    const rows = (table: string) => (table === 'alert' ? open : table === 'pipeline_status' ? [TICK] : []);
    const { live, send } = serverThatFlowsAfter(100, { rows, after: (table) => (table === 'training_quality' ? 900 : 10), supabase: true });
    live.start();
    await vi.advanceTimersByTimeAsync(1_500);
    live.read();
    await vi.advanceTimersByTimeAsync(100);
    open = alerts('a', 'b');
    send('alert_record', {});
    await vi.advanceTimersByTimeAsync(1_400);
    expect(live.store.list('alert').map((row) => row.alert_id)).toEqual(['a', 'b']);
    live.stop();
  });

  test('outlive an earlier answer that comes late', async () => {
    let open = alerts('a');
    let wait = 10;
    const rows = (table: string) => (table === 'alert' ? open : table === 'pipeline_status' ? [TICK] : []);
    const { live, send } = serverThatFlowsAfter(100, { rows, after: (table) => (table === 'alert' ? wait : 10), supabase: true });
    live.start();
    // Ticks come, so that nothing else is read.
    const ticks = setInterval(() => send('pipeline_status', TICK, 'UPDATE'), 200);
    await vi.advanceTimersByTimeAsync(1_500);
    wait = 800;
    send('alert_record', {});
    await vi.advanceTimersByTimeAsync(150);
    open = alerts('a', 'b');
    wait = 10;
    send('alert_record', {});
    await vi.advanceTimersByTimeAsync(2_000);
    expect(live.store.list('alert').map((row) => row.alert_id)).toEqual(['a', 'b']);
    clearInterval(ticks);
    live.stop();
  });
});

describe('frames', () => {
  /** A page that is open, and whose browser paints when it is told to. */
  async function openPage() {
    const requested = new Map<number, () => void>();
    let requests = 0;
    vi.stubGlobal('requestAnimationFrame', (then: () => void) => (requested.set((requests += 1), then), requests));
    vi.stubGlobal('cancelAnimationFrame', (request: number) => requested.delete(request));
    vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => undefined, removeEventListener: () => undefined });
    const server = serverThatFlowsAfter(100, { rows: (table) => (table === 'pipeline_status' ? [TICK] : []) });
    server.live.start();
    await vi.advanceTimersByTimeAsync(500);
    const paint = () => {
      const now = [...requested.values()];
      requested.clear();
      now.forEach((then) => then());
    };
    const tick = (agents: number, of = 'a') => {
      for (let agent = 0; agent < agents; agent += 1) {
        server.send('agent_health', { agent: `${of}${agent}` });
      }
      server.send('pipeline_status', TICK, 'UPDATE');
    };
    const shown = () => server.live.store.list('agent_health').length;
    return { ...server, paint, tick, shown };
  }
  afterEach(() => void vi.unstubAllGlobals());

  test('a tick is shown at once', async () => {
    const { live, tick, shown } = await openPage();
    tick(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(shown()).toBe(1);
    live.stop();
  });

  test('a tick close behind another is shown with the browser’s next paint, or soon where nothing is painted', async () => {
    const { live, paint, tick, shown } = await openPage();
    tick(1);
    await vi.advanceTimersByTimeAsync(5);
    tick(1, 'b');
    await vi.advanceTimersByTimeAsync(5);
    expect(shown()).toBe(1);
    paint();
    expect(shown()).toBe(2);
    tick(1, 'c');
    await vi.advanceTimersByTimeAsync(25);
    expect(shown()).toBe(3);
    live.stop();
  });

  test('many changes of a few rows are one frame, many rows are several', async () => {
    const { live, tick } = await openPage();
    for (let change = 0; change < 20; change += 1) {
      tick(5);
    }
    const before = live.store.frames;
    await vi.advanceTimersByTimeAsync(1);
    expect([live.store.frames - before, live.store.list('agent_health').length]).toEqual([1, 5]);
    await vi.advanceTimersByTimeAsync(100);
    tick(100);
    await vi.advanceTimersByTimeAsync(1);
    expect(live.store.list('agent_health')).toHaveLength(5);
    live.stop();
  });

  test('much is left to a frame that does not follow another at once', async () => {
    const { live, paint, tick, shown } = await openPage();
    tick(1);
    await vi.advanceTimersByTimeAsync(5);
    tick(100);
    paint();
    expect(shown()).toBe(1);
    await vi.advanceTimersByTimeAsync(25);
    paint();
    await vi.advanceTimersByTimeAsync(5);
    expect(shown()).toBe(100);
    live.stop();
  });
});

describe('a tab that is hidden and seen again', () => {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });

  function turn(state: 'hidden' | 'visible'): void {
    document.visibilityState = state;
    document.dispatchEvent(new Event('visibilitychange'));
  }

  beforeEach(() => {
    document.visibilityState = 'visible';
    vi.stubGlobal('document', document);
  });
  afterEach(() => void vi.unstubAllGlobals());

  /** Open, and fed by its socket until the ticks end: then nothing but its return makes it read, for a second. */
  async function openPage() {
    let agents = ['faq'];
    const rows = (table: string) => (table === 'agent_health' ? agents.map((agent) => ({ agent })) : table === 'pipeline_status' ? [TICK] : []);
    const server = serverThatFlowsAfter(100, { rows, after: 10 });
    const shown = () => server.live.store.list('agent_health').map(({ agent }) => agent);
    server.live.start();
    await vi.advanceTimersByTimeAsync(1_000);
    server.send('pipeline_status', TICK, 'UPDATE');
    await vi.advanceTimersByTimeAsync(100);
    server.count();
    return { ...server, shown, addAgent: (agent: string) => void (agents = [...agents, agent]) };
  }

  test('reads at once what came meanwhile, and keeps a socket that is alive', async () => {
    const { live, count, joins, shown, addAgent } = await openPage();
    addAgent('claims');
    turn('hidden');
    await vi.advanceTimersByTimeAsync(100);
    expect(count()).toBe(0);
    expect(shown()).toEqual(['faq']);
    turn('visible');
    await vi.advanceTimersByTimeAsync(100);
    expect(count()).toBeGreaterThanOrEqual(A_READ - 1);
    expect(shown()).toEqual(['faq', 'claims']);
    expect(joins()).toBe(1);
    live.stop();
  });

  test('joins again where its socket has died without a word, and reads once changes flow', async () => {
    const { live, send, joins, shown, addAgent } = await openPage();
    turn('hidden');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(joins()).toBe(1);
    turn('visible');
    expect(joins()).toBe(2);
    await vi.advanceTimersByTimeAsync(50);
    // Neither the read of the return has it, nor does the socket send it: changes flow 100 ms after the join.
    addAgent('claims');
    await vi.advanceTimersByTimeAsync(100);
    expect(shown()).toEqual(['faq', 'claims']);
    send('agent_health', { agent: 'billing' });
    await vi.advanceTimersByTimeAsync(200);
    expect(shown()).toContain('billing');
    live.stop();
  });

  test('asks nothing more once the page has stopped following', async () => {
    const { live, count } = await openPage();
    live.stop();
    turn('hidden');
    turn('visible');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(count()).toBe(0);
  });
});

test('a server that is gone is named in words, not by the browser’s exception', async () => {
  const { live } = serverThatFlowsAfter(100, { error: { message: 'TypeError: Failed to fetch' } });
  live.start();
  await vi.advanceTimersByTimeAsync(700);
  expect(live.getLink()).toMatchObject({ mode: 'down', cause: 'gateway', message: null });
  live.stop();
});

describe('messages', () => {
  /** A server whose messages are numbered from 1, in pages as PostgREST gives them; the newest 300 for a page that opens. */
  function serverWithMessages() {
    const state = { newest: 0, fails: false };
    const page = (after: number) => {
      const first = after === 0 ? Math.max(1, state.newest - 299) : after + 1;
      const seqs = Array.from({ length: Math.min(1_000, state.newest - first + 1) }, (_, index) => first + index);
      return (after === 0 ? seqs.reverse() : seqs).map(message);
    };
    const rows = (table: string, after: number) => {
      if (state.fails) {
        throw new TypeError('Failed to fetch');
      }
      return table === 'channel_event' ? page(after) : table === 'pipeline_status' ? [TICK] : [];
    };
    const server = serverThatFlowsAfter(100, { after: 300, rows });
    const taken = new Set<number>();
    const apply = server.live.store.apply.bind(server.live.store);
    // The store keeps the newest messages only.
    server.live.store.apply = (changes) => {
      changes.forEach((change) => change.table === 'channel_event' && change.type === 'upsert' && taken.add(change.row.seq));
      apply(changes);
    };
    const missing = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index).filter((seq) => !taken.has(seq));
    const sendNext = () => {
      state.newest += 1;
      server.send('channel_event', message(state.newest));
    };
    return { ...server, state, missing, sendNext };
  }

  const message = (seq: number) => ({ seq, channel: 'c', payload: {}, event_time: TICK.as_of, written_at: TICK.as_of });

  test('that came while everything was down are read, though the socket sends newer ones before the read asks', async () => {
    const { live, state, missing, dropSocket, sendNext } = serverWithMessages();
    state.newest = 100;
    live.start();
    await vi.advanceTimersByTimeAsync(2_000);
    state.fails = true;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(live.getLink().mode).toBe('down');
    state.newest = 200;
    dropSocket();
    // The channel is joined anew after a second, and changes flow 100 ms later.
    await vi.advanceTimersByTimeAsync(1_090);
    state.fails = false;
    await vi.advanceTimersByTimeAsync(60);
    // The read still waits for the answer to its first, small question.
    sendNext();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(missing(1, 201)).toHaveLength(0);
    live.stop();
  });

  test('between a read on its way and the rejoined socket’s first one are read', async () => {
    const { live, state, missing, dropSocket, send, sendNext } = serverWithMessages();
    state.newest = 100;
    live.start();
    await vi.advanceTimersByTimeAsync(2_000);
    send('pipeline_status', TICK, 'UPDATE');
    dropSocket();
    // Changes flow again 1,100 ms later. The read begins before, and its answer reaches 150.
    await vi.advanceTimersByTimeAsync(990);
    state.newest = 150;
    live.read();
    await vi.advanceTimersByTimeAsync(10);
    state.newest = 160;
    await vi.advanceTimersByTimeAsync(150);
    sendNext();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(missing(1, 161)).toHaveLength(0);
    live.stop();
  });

  test('of a long sleep are read to the last page, though there are more than one read takes', async () => {
    const { live, state, missing, dropSocket, sendNext } = serverWithMessages();
    state.newest = 100;
    live.start();
    await vi.advanceTimersByTimeAsync(2_000);
    state.newest = 25_000;
    dropSocket();
    for (let second = 0; second < 20; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      sendNext();
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect(missing(1, state.newest)).toHaveLength(0);
    live.stop();
  });

  test('that the socket sent are not asked for again', async () => {
    const asked: number[] = [];
    const rows = (table: string, after: number) => {
      if (table === 'channel_event') {
        asked.push(after);
        return after === 0 ? [message(100)] : [];
      }
      return table === 'pipeline_status' ? [TICK] : [];
    };
    const { live, send } = serverThatFlowsAfter(100, { rows });
    live.start();
    await vi.advanceTimersByTimeAsync(500);
    send('channel_event', message(101));
    await vi.advanceTimersByTimeAsync(100);
    live.read();
    await vi.advanceTimersByTimeAsync(100);
    expect(asked.at(-1)).toBe(101);
    live.stop();
  });
});
