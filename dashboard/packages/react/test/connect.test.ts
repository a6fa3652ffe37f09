import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { connect, type Connection } from '../src';

// Node 20 has none of its own.
vi.stubGlobal('WebSocket', WebSocket);

let server: WebSocketServer | undefined;
let connection: Connection | undefined;

afterEach(async () => {
  await connection?.client.removeAllChannels();
  await connection?.client.realtime.disconnect();
  server?.close();
});

/** A server that answers a join and then sends two broadcasts, in one frame or in two. */
async function messages(gateway: boolean): Promise<{ asked: string | null; taken: unknown[] }> {
  const listening = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server = listening;
  let asked: string | null = null;
  listening.on('connection', (socket, request) => {
    asked = new URL(request.url ?? '/', 'http://localhost').searchParams.get('batch');
    socket.on('message', (data) => {
      const [joinRef, ref, topic, event] = JSON.parse(String(data)) as string[];
      socket.send(JSON.stringify([joinRef, ref, topic, 'phx_reply', { status: 'ok', response: {} }]));
      if (event === 'phx_join') {
        const two = [1, 2].map((n) => [null, null, topic, 'broadcast', { type: 'broadcast', event: 'n', payload: { n } }]);
        if (asked === '1') {
          socket.send(JSON.stringify(two));
        } else {
          two.forEach((each) => socket.send(JSON.stringify(each)));
        }
      }
    });
  });
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const made = connect({ url: `http://127.0.0.1:${port}`, anonKey: 'anon', gateway });
  connection = made;
  const taken: unknown[] = [];
  await new Promise<void>((done) => {
    made.client
      .channel('numbers')
      .on('broadcast', { event: 'n' }, ({ payload }) => {
        taken.push((payload as { n: number }).n);
        if (taken.length === 2) {
          done();
        }
      })
      .subscribe();
  });
  return { asked, taken };
}

test('our gateway is asked for batches, and each message of one is taken in turn', async () => {
  expect(await messages(true)).toEqual({ asked: '1', taken: [1, 2] });
});

test('Supabase is asked for nothing it does not know', async () => {
  expect(await messages(false)).toEqual({ asked: null, taken: [1, 2] });
});
