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

/** What the outlook is while REST answers like this, as text. */
function outlook(rest: (table: string, signal: AbortSignal) => Promise<Response>): () => string {
  const answer = (input: RequestInfo | URL, init?: RequestInit) => rest(new URL(String(input)).pathname.split('/').pop() as string, init?.signal as AbortSignal);
  const client = createClient('http://127.0.0.1:9', 'anon', { auth: { persistSession: false, autoRefreshToken: false }, global: { fetch: answer } });
  const Shown = () => <p>{JSON.stringify(useOutlook())}</p>;
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
  await waitFor(() => expect(shown()).toBe('{"state":"ready","value":{"trends":[{"table":"agent_trend"}],"approvals":[{"table":"approval_forecast"}],"headroom":null}}'));
});

test('both come at once', async () => {
  let answerRoom: (response: Promise<Response>) => void = () => undefined;
  const shown = outlook((table) => (table === 'agent_headroom' ? new Promise((done) => (answerRoom = done)) : rows()));
  await new Promise((done) => setTimeout(done, 50));
  expect(shown()).toBe('{"state":"reading"}');
  answerRoom(rows({ agent: 'a' }));
  await waitFor(() => expect(shown()).toContain('"headroom":[{"agent":"a"}]'));
});

test('a read that takes too long is told in words', async () => {
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort(new DOMException('The operation was aborted', 'TimeoutError')));
  const shown = outlook((_, signal) => (signal.aborted ? Promise.reject(signal.reason) : rows()));
  await waitFor(() => expect(shown()).toBe('{"state":"failed","message":"no answer within 10 seconds"}'));
});
