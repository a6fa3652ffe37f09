// Drives the unmodified Supabase client for the Java tests: a command a line comes in, an event a line goes out.
import { createInterface } from 'node:readline';
import { createClient } from '@supabase/supabase-js';
import WebSocket from 'ws';

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
const channels = new Map();
let client;

const report = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

const commands = {
  create({ url, key, vsn, backoff }) {
    client = createClient(url, key, {
      realtime: {
        transport: WebSocket,
        ...(vsn ? { vsn } : {}),
        ...(backoff ? { reconnectAfterMs: () => backoff } : {}),
      },
      auth: { persistSession: false, autoRefreshToken: false },
    });
  },
  subscribe({ channel: name, bindings = [], broadcasts = [], config = {} }) {
    const channel = client.channel(name, { config });
    bindings.forEach((binding, i) =>
      channel.on('postgres_changes', binding, (payload) => report({ event: 'change', channel: name, binding: i, payload })),
    );
    broadcasts.forEach((event) =>
      channel.on('broadcast', { event }, (payload) =>
        report({ event: 'broadcast', channel: name, payload: payload.payload, name: payload.event }),
      ),
    );
    channel.on('system', {}, (payload) => report({ event: 'system', channel: name, payload }));
    channel.subscribe((status, error) => report({ event: 'status', channel: name, status, error: error?.message ?? null }));
    channels.set(name, channel);
  },
  async send({ channel, name, payload }) {
    return channels.get(channel).send({ type: 'broadcast', event: name, payload });
  },
  async leave({ channel }) {
    return client.removeChannel(channels.get(channel));
  },
  async setAuth({ token }) {
    await client.realtime.setAuth(token);
  },
  async evaluate({ code }) {
    return new AsyncFunction('client', 'channels', code)(client, channels);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  Promise.resolve()
    .then(() => commands[command.op](command))
    .then(
      (value) => report({ event: 'result', id: command.id, value: value ?? null }),
      (error) => report({ event: 'result', id: command.id, error: String(error?.stack ?? error) }),
    );
}
process.exit(0);
