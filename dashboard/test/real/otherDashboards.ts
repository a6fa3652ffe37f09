import { describe, expect, test } from 'vitest';
import { CHANNELS, openDashboard, seenBy, type Seen } from './foreignDashboard';
import type { Scene } from './stack.test';

export function otherDashboards(scene: () => Scene): void {
  describe('a dashboard that somebody else wrote, with supabase-js as it is published', () => {
    const open = (agent: string) => openDashboard(scene(), agent);

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
  });
}
