import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { collectErrors } from '../chromium';
import type { Scene } from './stack.test';

const CHANNELS = ['agent_queries_stream', 'approval_queue_stream', 'performance_alert_stream', 'sla_breach_stream', 'training_feedback_stream'];
const TABS = 20;

/** What the dashboard keeps of what it got. */
interface Seen {
  ready: boolean;
  joined: string[];
  inserts: string[];
  decided: string[];
  deleted: number[];
  broadcasts: { channel: string; event: string; seq: number; conversation: string | undefined }[];
  polls: { rows: number; count: number | null; columns: string[] }[];
  errors: string[];
}

/** Runs in the page: a dashboard as people write them, that polls two views and listens to changes and broadcasts. */
function dashboard({ url, key, agent, channels }: { url: string; key: string; agent: string; channels: string[] }): void {
  const { supabase } = globalThis as unknown as { supabase: typeof import('@supabase/supabase-js') };
  const client = supabase.createClient(url, key);
  const seen: Seen = { ready: false, joined: [], inserts: [], decided: [], deleted: [], broadcasts: [], polls: [], errors: [] };
  Object.assign(globalThis, { seen, client });
  client
    .channel('changes')
    .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'agent_queries', filter: `agent=eq.${agent}` }, ({ new: row }) => seen.inserts.push(String(row.conversation_id)))
    .on('postgres_changes', { event: 'DELETE', schema: 'public', table: 'agent_queries' }, ({ old }) => seen.deleted.push(Number(old.id)))
    .on('postgres_changes', { event: 'UPDATE', schema: 'public', table: 'agent_approvals', filter: `conversation_id=in.(${agent}-1,${agent}-2)` }, ({ new: row }) =>
      seen.decided.push(`${row.conversation_id} ${row.status}`),
    )
    .on('system', {}, (message: { status: string; message: string }) => {
      seen.ready ||= message.status === 'ok';
      if (message.status !== 'ok') {
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
          seen.joined.push(channel);
        }
      });
  }
  const poll = async () => {
    for (const view of ['mv_realtime_agent_performance', 'v_agent_performance_snapshot']) {
      const { data, count, error } = await client.from(view).select('*', { count: 'exact' }).order('agent');
      if (error) {
        seen.errors.push(`${view}: ${error.message}`);
      } else {
        seen.polls.push({ rows: data.length, count, columns: Object.keys(data[0] ?? {}) });
      }
    }
  };
  void poll();
  setInterval(() => void poll(), 1_000);
}

const seenBy = (page: Page) => page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen);

export function otherDashboards(scene: () => Scene): void {
  describe('a dashboard that somebody else wrote, with supabase-js as it is published', () => {
    const open = async (agent: string) => {
      const { gateway, dashboards, browser } = scene();
      const page = await browser.newPage();
      const errors = collectErrors(page);
      await page.goto(dashboards.origin);
      await page.evaluate(dashboard, { url: gateway.url, key: gateway.key, agent, channels: CHANNELS });
      await page.waitForFunction(
        (channels) => {
          const { seen } = globalThis as unknown as { seen: Seen };
          return seen.ready && seen.joined.length === channels;
        },
        CHANNELS.length,
        { timeout: 60_000 },
      );
      return { page, errors };
    };

    test('gets every change that matches its filter once and in order, and none besides', async () => {
      const { database } = scene();
      const { page, errors } = await open('acrobat');
      const names = Array.from({ length: 200 }, (_, index) => `acrobat-${index}`);
      await database.query('BEGIN');
      for (const name of names) {
        await database.query('INSERT INTO agent_queries (conversation_id, agent, query, latency_ms) VALUES ($1, $2, $3, 20), ($1, $4, $3, 20)', [name, 'acrobat', 'Can you juggle?', 'other']);
      }
      await database.query('COMMIT');
      await database.query(`INSERT INTO agent_approvals (conversation_id, status) VALUES ('acrobat-1', 'pending'), ('acrobat-2', 'pending'), ('acrobat-3', 'pending')`);
      await database.query(`UPDATE agent_approvals SET status = 'approved', updated_at = now() WHERE conversation_id LIKE 'acrobat-%'`);
      const { rows } = await database.query<{ id: string }>(`DELETE FROM agent_queries WHERE agent = 'other' AND conversation_id = 'acrobat-7' RETURNING id`);
      const gone = Number(rows[0]?.id);
      await page.waitForFunction((id) => (globalThis as unknown as { seen: Seen }).seen.deleted.includes(id), gone, { timeout: 60_000 });
      const seen = await seenBy(page);
      expect(seen.inserts).toEqual(names);
      expect(seen.decided.toSorted()).toEqual(['acrobat-1 approved', 'acrobat-2 approved']);
      expect(seen.errors).toEqual([]);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('hears the five channels, each message once and in the order of seq', async () => {
      const { database } = scene();
      const { page } = await open('herald');
      await database.query(`INSERT INTO agent_approvals (conversation_id, status) VALUES ('herald-1', 'pending')`);
      await page.waitForFunction(
        () => {
          const { broadcasts } = (globalThis as unknown as { seen: Seen }).seen;
          return broadcasts.some(({ conversation }) => conversation === 'herald-1') && broadcasts.some(({ channel }) => channel === 'agent_queries_stream');
        },
        undefined,
        { timeout: 60_000 },
      );
      const { broadcasts } = await seenBy(page);
      for (const channel of CHANNELS) {
        const seqs = broadcasts.filter((each) => each.channel === channel).map(({ seq }) => seq);
        expect(seqs, channel).toEqual([...new Set(seqs)].sort((a, b) => a - b));
      }
      expect(broadcasts.find(({ conversation }) => conversation === 'herald-1')).toMatchObject({ channel: 'approval_queue_stream', event: 'new_approval' });
      await page.close();
    });

    test('polls the views that it has always polled, with a count, across origins', async () => {
      const { page } = await open('poller');
      await page.waitForFunction(() => (globalThis as unknown as { seen: Seen }).seen.polls.length >= 4, undefined, { timeout: 60_000 });
      const { polls, errors } = await seenBy(page);
      expect(errors).toEqual([]);
      for (const { rows, count, columns } of polls) {
        expect(rows).toBeGreaterThanOrEqual(8);
        expect(count).toBe(rows);
        expect(columns).toContain('agent');
      }
      expect(polls[0]?.columns).toEqual(expect.arrayContaining(['queries_last_minute', 'avg_latency_5min', 'health_status', 'last_updated_at']));
      await page.close();
    });

    test(`${TABS} tabs cost at most five more connections to the database`, async () => {
      const { database } = scene();
      const connections = async () => {
        const { rows } = await database.query<{ count: number }>('SELECT count(*)::int AS count FROM pg_stat_activity WHERE backend_type IN (\'client backend\', \'walsender\')');
        return rows[0]?.count ?? 0;
      };
      const before = await connections();
      const tabs = await Promise.all(Array.from({ length: TABS }, (_, index) => open(`tab-${index}`)));
      const names = tabs.map((_, index) => `tab-${index}`);
      await database.query('INSERT INTO agent_queries (conversation_id, agent, query, latency_ms) SELECT a, a, $2, 20 FROM unnest($1::text[]) a', [names, 'Who is who?']);
      for (const [index, { page }] of tabs.entries()) {
        await page.waitForFunction(() => (globalThis as unknown as { seen: Seen }).seen.inserts.length > 0, undefined, { timeout: 60_000 });
        expect((await seenBy(page)).inserts).toEqual([`tab-${index}`]);
      }
      const during = await connections();
      console.log(`connections: ${before} before, ${during} with ${TABS} tabs`);
      expect(during - before).toBeLessThanOrEqual(5);
      await Promise.all(tabs.map(({ page }) => page.close()));
    });
  });
}
