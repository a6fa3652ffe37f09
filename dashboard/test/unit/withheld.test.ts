import { createClient } from '@supabase/supabase-js';
import { describe, expect, it } from 'vitest';
import { SnapshotReader } from '../../packages/react/src/snapshot';

const REFUSED = { code: '42501', message: 'permission denied' };

/** A PostgREST that refuses what a signed-in user of Supabase may not read until the owner says so. */
function readerAt(refuses: (table: string, select: string | null) => boolean): SnapshotReader {
  const fetch = async (input: RequestInfo | URL): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    const table = url.pathname.split('/').at(-1) as string;
    const headers = { 'Content-Type': 'application/json' };
    return refuses(table, url.searchParams.get('select'))
      ? new Response(JSON.stringify(REFUSED), { status: 403, headers })
      : new Response(JSON.stringify([{ table }]), { headers });
  };
  const client = createClient('http://127.0.0.1:1', 'key', {
    global: { fetch: fetch as typeof globalThis.fetch },
    // Node 20 has no WebSocket of its own; none is opened here.
    realtime: { transport: class {} as never },
  });
  return new SnapshotReader(client, 'agentpulse');
}

const signal = new AbortController().signal;

describe('what may not be read', () => {
  it('is left out, and the rest is read', async () => {
    const reader = readerAt((table, select) =>
      ['alert', 'annotator_activity', 'channel_event'].includes(table) || (table === 'approval_queue' && select === '*'));

    const changes = await reader.readAll(signal);

    const rows = new Map(changes.map((change) => [change.table, change.type === 'replace' ? change.rows.length : -1]));
    expect(rows.get('alert')).toBe(0);
    expect(rows.get('annotator_activity')).toBe(0);
    expect(rows.get('approval_queue')).toBe(1);
    expect(rows.get('agent_health')).toBe(1);
    expect(await reader.newestEvents(signal)).toEqual([]);
    expect([...reader.withheld].sort()).toEqual(['alert', 'annotator_activity', 'approval_queue', 'channel_event']);
  });

  it('is shown again when it may be read', async () => {
    let refusing = true;
    const reader = readerAt((table) => refusing && table === 'alert');
    await reader.readAll(signal);
    expect([...reader.withheld]).toEqual(['alert']);

    refusing = false;
    const changes = await reader.readAll(signal);

    expect(reader.withheld.size).toBe(0);
    const alerts = changes.find((change) => change.table === 'alert');
    expect(alerts?.type === 'replace' ? alerts.rows.length : 0).toBe(2);
  });

  it('is an error where nothing may be read', async () => {
    await expect(readerAt(() => true).readAll(signal)).rejects.toMatchObject({ outage: 'denied' });
  });
});
