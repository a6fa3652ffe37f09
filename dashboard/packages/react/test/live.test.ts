import type { SupabaseClient } from '@supabase/supabase-js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveSource, ServerClock } from '../src';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server that answers each question with no row, and tells that changes flow so long after each join. */
function serverThatFlowsAfter(millis: number, error: { message: string } | null = null) {
  const asked: string[] = [];
  const from = (table: string) => {
    const answer = () => {
      asked.push(table);
      return Promise.resolve({ data: [], error, status: error ? 0 : 200 });
    };
    const query: object = new Proxy({}, { get: (_, name) => (name === 'then' ? (done: (value: unknown) => void) => void answer().then(done) : () => query) });
    return query;
  };
  const channel = () => {
    let system: (message: object) => void = () => undefined;
    const made = {
      on: (type: string, _: object, take: typeof system) => {
        system = type === 'system' ? take : system;
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
  const live = new LiveSource({ client, clock: new ServerClock() });
  const count = () => asked.splice(0).length;
  return { live, count };
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

test('a server that is gone is named in words, not by the browser’s exception', async () => {
  const { live } = serverThatFlowsAfter(100, { message: 'TypeError: Failed to fetch' });
  live.start();
  await vi.advanceTimersByTimeAsync(700);
  expect(live.getLink()).toMatchObject({ mode: 'down', cause: 'gateway', message: null });
  live.stop();
});
