// @vitest-environment happy-dom
import { cleanup, render, waitFor } from '@testing-library/react';
import { createClient } from '@supabase/supabase-js';
import { afterEach, expect, test, vi } from 'vitest';
import { LiveSource, LiveSourceProvider, ServerClock, useOutlook } from '../src';
import { Store } from '../src/store';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

/** A busy machine takes longer than the usual second. */
const LONG = { timeout: 30_000 };

/** What the outlook is while REST answers like this, as text. */
function outlook(rest: (table: string, signal: AbortSignal) => Promise<Response>, rendered: () => void = () => undefined): () => string {
  const answer = (input: RequestInfo | URL, init?: RequestInit) => rest(new URL(String(input)).pathname.split('/').pop() as string, init?.signal as AbortSignal);
  const client = createClient('http://127.0.0.1:9', 'anon', { auth: { persistSession: false, autoRefreshToken: false }, global: { fetch: answer } });
  const Shown = () => {
    rendered();
    return <p>{JSON.stringify(useOutlook())}</p>;
  };
  const { container } = render(
    <LiveSourceProvider value={new LiveSource({ client, clock: new ServerClock(), store: new Store() })}>
      <Shown />
    </LiveSourceProvider>,
  );
  return () => container.textContent ?? '';
}

const rows = (...of: object[]) => Promise.resolve(new Response(JSON.stringify(of), { status: 200, headers: { 'content-type': 'application/json' } }));

test('trends and approvals are there when the room cannot be read', async () => {
  const shown = outlook((table) => (table === 'agent_headroom' ? Promise.resolve(new Response('{"code":"57014","message":"too slow"}', { status: 500 })) : rows({ table })));
  await waitFor(() => expect(shown()).toBe('{"state":"ready","value":{"trends":[{"table":"agent_trend"}],"approvals":[{"table":"approval_forecast"}],"headroom":null}}'), LONG);
});

test('both come at once', async () => {
  const answerRoom: ((response: Promise<Response>) => void)[] = [];
  let renders = 0;
  const shown = outlook((table) => (table === 'agent_headroom' ? new Promise((done) => answerRoom.push(done)) : rows()), () => (renders += 1));
  // The room was asked, and the others have been answered: nothing else renders a second time.
  await waitFor(() => {
    expect(answerRoom).toHaveLength(1);
    expect(renders).toBeGreaterThan(1);
  }, LONG);
  expect(shown()).toBe('{"state":"reading"}');
  answerRoom.forEach((answer) => answer(rows({ agent: 'a' })));
  await waitFor(() => expect(shown()).toContain('"headroom":[{"agent":"a"}]'), LONG);
});

test('a read that takes too long is told in words', async () => {
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort(new DOMException('The operation was aborted', 'TimeoutError')));
  const shown = outlook((_, signal) => (signal.aborted ? Promise.reject(signal.reason) : rows()));
  await waitFor(() => expect(shown()).toBe('{"state":"failed","message":"no answer within 10 seconds"}'), LONG);
});
