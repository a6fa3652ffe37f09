import type { SupabaseClient } from '@supabase/supabase-js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveSource, ServerClock, type GatewayAddress } from '../src';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Answers {
  error?: { message: string };
  /** How long an answer takes: rows are of the moment it was asked. */
  after?: number;
  rows?: (table: string) => object[];
}

/** A server that answers each question, and tells that changes flow so long after each join. */
function serverThatFlowsAfter(millis: number, { error, after = 0, rows = () => [] }: Answers = {}) {
  const asked: string[] = [];
  const followers = new Map<string, (message: object) => void>();
  const from = (table: string) => {
    const answer = () => {
      asked.push(table);
      const found = { data: rows(table), error: error ?? null, status: error ? 0 : 200 };
      return new Promise((done) => setTimeout(() => done(found), after));
    };
    const query: object = new Proxy({}, { get: (_, name) => (name === 'then' ? (done: (value: unknown) => void) => void answer().then(done) : () => query) });
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
      subscribe: (said: (status: string) => void) => {
        setTimeout(() => said('SUBSCRIBED'), millis / 2);
        setTimeout(() => system({ extension: 'postgres_changes', status: 'ok' }), millis);
      },
    };
    return made;
  };
  const client = { schema: () => ({ from }), channel, removeChannel: () => Promise.resolve('ok') } as unknown as SupabaseClient;
  const live = new LiveSource({ client, clock: new ServerClock(), gateway: { url: '' } as GatewayAddress });
  const count = () => asked.splice(0).length;
  const send = (table: string, row: object, eventType = 'INSERT') =>
    followers.get(table)?.({ eventType, commit_timestamp: new Date().toISOString(), new: row, old: row });
  return { live, count, send };
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

test('a server that is gone is named in words, not by the browser’s exception', async () => {
  const { live } = serverThatFlowsAfter(100, { error: { message: 'TypeError: Failed to fetch' } });
  live.start();
  await vi.advanceTimersByTimeAsync(700);
  expect(live.getLink()).toMatchObject({ mode: 'down', cause: 'gateway', message: null });
  live.stop();
});
