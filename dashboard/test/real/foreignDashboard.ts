import type { Page } from 'playwright-core';
import { collectErrors } from '../chromium';
import { run, until, type BarePage } from '../measure/bareChromium';
import type { Scene } from './stack.test';

export const CHANNELS = ['agent_queries_stream', 'approval_queue_stream', 'performance_alert_stream', 'sla_breach_stream', 'training_feedback_stream'];
export const VIEWS = ['mv_realtime_agent_performance', 'v_agent_performance_snapshot'];

/** What the dashboard keeps of what it got; times by the clock of the machine, which the test shares. */
export interface Seen {
  /** When it was told that changes flow. */
  flowing: number[];
  joined: { channel: string; at: number }[];
  inserts: string[];
  decided: string[];
  deleted: number[];
  broadcasts: { channel: string; event: string; seq: number; conversation: string | undefined }[];
  /** With the row of the agent that it looks at. */
  polls: { view: string; at: number; rows: number; count: number | null; columns: string[]; own: Record<string, unknown> | undefined }[];
  errors: string[];
}

interface Wanted {
  url: string;
  key: string;
  agent: string;
  channels: string[];
  views: string[];
}

/** Runs in the page: a dashboard as people write them, that polls two views and listens to changes and broadcasts. */
function dashboard({ url, key, agent, channels, views }: Wanted): void {
  const { supabase } = globalThis as unknown as { supabase: typeof import('@supabase/supabase-js') };
  const client = supabase.createClient(url, key);
  const seen: Seen = { flowing: [], joined: [], inserts: [], decided: [], deleted: [], broadcasts: [], polls: [], errors: [] };
  Object.assign(globalThis, { seen, client });
  client
    .channel('changes')
    .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'agent_queries', filter: `agent=eq.${agent}` }, ({ new: row }) => seen.inserts.push(String(row.conversation_id)))
    .on('postgres_changes', { event: 'DELETE', schema: 'public', table: 'agent_queries' }, ({ old }) => seen.deleted.push(Number(old.id)))
    .on('postgres_changes', { event: 'UPDATE', schema: 'public', table: 'agent_approvals', filter: `conversation_id=in.(${agent}-1,${agent}-2)` }, ({ new: row }) =>
      seen.decided.push(`${row.conversation_id} ${row.status}`),
    )
    .on('system', {}, (message: { status: string; message: string }) => {
      if (message.status === 'ok') {
        seen.flowing.push(Date.now());
      } else {
        seen.errors.push(message.message);
      }
    })
    .subscribe();
  for (const channel of channels) {
    client
      .channel(channel)
      .on('broadcast', { event: '*' }, ({ event, payload }) => seen.broadcasts.push({ channel, event, seq: Number(payload?.seq), conversation: payload?.conversation_id }))
      .subscribe((status) => {
        if (status === 'SUBSCRIBED') {
          seen.joined.push({ channel, at: Date.now() });
        }
      });
  }
  const poll = async () => {
    for (const view of views) {
      const { data, count, error } = await client.from(view).select('*', { count: 'exact' }).order('agent');
      if (error) {
        seen.errors.push(`${view}: ${error.message}`);
      } else {
        seen.polls.push({ view, at: Date.now(), rows: data.length, count, columns: Object.keys(data[0] ?? {}), own: data.find((row) => row.agent === agent) });
      }
    }
  };
  void poll();
  setInterval(() => void poll(), 1_000);
}

const wanted = ({ gateway }: Scene, agent: string): Wanted => ({ url: gateway.url, key: gateway.key, agent, channels: CHANNELS, views: VIEWS });

/** Runs in the page: whether all channels are joined. One that lost its socket has joined more than once. */
function isJoined(channels: number): boolean {
  const { seen } = globalThis as unknown as { seen: Seen };
  return seen.flowing.length > 0 && new Set(seen.joined.map(({ channel }) => channel)).size === channels;
}

const JOINED_WITHIN_MS = 60_000;

/** A tab with the dashboard, which looks at one agent; all its channels are joined. */
export async function openDashboard(scene: Scene, agent: string): Promise<{ page: Page; errors: string[] }> {
  const page = await scene.browser.newPage();
  const errors = collectErrors(page);
  await page.goto(scene.dashboards.origin);
  await page.evaluate(dashboard, wanted(scene, agent));
  await page.waitForFunction(isJoined, CHANNELS.length, { timeout: JOINED_WITHIN_MS });
  return { page, errors };
}

/** The same in a browser that nobody watches, which costs as much as it does for people. */
export async function openBareDashboard(scene: Scene, browser: BarePage, agent: string): Promise<BarePage> {
  const page = await browser.open(scene.dashboards.origin);
  await until(page, () => 'supabase' in globalThis, undefined);
  await run(page, dashboard, wanted(scene, agent));
  await until(page, isJoined, CHANNELS.length, JOINED_WITHIN_MS);
  return page;
}

export const seenBy = (page: Page) => page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);
