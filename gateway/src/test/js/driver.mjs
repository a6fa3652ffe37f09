// Drives the unmodified Supabase client for the Java tests: a command a line comes in, an event a line goes out.
import { createInterface } from 'node:readline';
import { createClient } from '@supabase/supabase-js';
import WebSocket from 'ws';

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
const channels = new Map();
let client;

const report = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

// What one browser tab of a dashboard does: it polls two views, follows source tables with filters, and listens on the
// five channels.
const CHANNELS = [
  'agent_queries_stream',
  'approval_queue_stream',
  'performance_alert_stream',
  'sla_breach_stream',
  'training_feedback_stream',
];
const tabs = [];

async function openTab(url, key, pollMillis) {
  const tab = { polls: 0, errors: [], slow: [], approvals: [], messages: [], subscribed: 0, changing: false };
  tabs.push(tab);
  const own = createClient(url, key, {
    realtime: { transport: WebSocket },
    auth: { persistSession: false, autoRefreshToken: false },
  });
  own
    .channel('changes')
    .on(
      'postgres_changes',
      { event: 'INSERT', schema: 'public', table: 'agent_queries', filter: 'latency_ms=gt.200' },
      (change) => tab.slow.push(change.new.id),
    )
    .on(
      'postgres_changes',
      { event: '*', schema: 'public', table: 'agent_approvals', filter: 'status=eq.pending' },
      (change) => tab.approvals.push(change.new.id),
    )
    .on('system', {}, (message) => {
      tab.changing = message.status === 'ok';
    })
    .subscribe();
  for (const name of CHANNELS) {
    own
      .channel(name)
      .on('broadcast', { event: '*' }, (message) => tab.messages.push(message.payload.n))
      .subscribe((status) => {
        tab.subscribed += status === 'SUBSCRIBED' ? 1 : 0;
      });
  }
  const poll = async () => {
    for (const view of ['mv_realtime_agent_performance', 'v_agent_performance_snapshot']) {
      const { error } = await own.from(view).select('*').order('agent');
      tab.polls += 1;
      if (error) {
        tab.errors.push(error.message);
      }
    }
    setTimeout(poll, pollMillis);
  };
  poll();
}

const commands = {
  async tabs({ url, key, count, pollMillis }) {
    for (let i = 0; i < count; i += 1) {
      await openTab(url, key, pollMillis);
    }
  },
  tabReport() {
    return tabs;
  },
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
