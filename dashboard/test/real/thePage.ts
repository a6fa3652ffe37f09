import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { collectErrors, seriousFindings, shot } from '../chromium';
import type { Scene } from './stack.test';

const SIZES = { desktop: { width: 1280, height: 720 }, wide: { width: 1920, height: 1080 }, phone: { width: 360, height: 740 } };

export function thePage(scene: () => Scene): void {
  describe('the page of the demo', () => {
    const open = async (path: string): Promise<{ page: Page; errors: string[] }> => {
      const { demo, browser } = scene();
      const page = await browser.newPage();
      const errors = collectErrors(page);
      await page.setViewportSize(SIZES.desktop);
      await page.goto(demo.demoUrl + path);
      await page.waitForSelector('.agent', { timeout: 30_000 });
      return { page, errors };
    };

    test('is what the demo names first', async () => {
      const { demo } = scene();
      const lines = demo.printed().split('\n');
      const address = `Open ${demo.demoUrl}/?demo`;
      expect(lines.indexOf(address)).toBeLessThan(lines.findIndex((line) => line.includes('Flink ')));
    });

    test('shows a change within a second of its commit', async () => {
      const { database } = scene();
      const { page, errors } = await open('/?feed=approval_queue_stream');
      await page.waitForTimeout(1_000);
      const times: number[] = [];
      for (let round = 0; round < 10; round += 1) {
        const conversation = `probe-${round}`;
        const seen = page.waitForFunction((name) => document.querySelector('.feed-list')?.textContent?.includes(name), conversation, { polling: 'raf', timeout: 10_000 });
        await database.query(`INSERT INTO agent_approvals (conversation_id, status) VALUES ($1, 'pending')`, [conversation]);
        const committed = Date.now();
        await seen;
        times.push(Date.now() - committed);
      }
      await database.query(`UPDATE agent_approvals SET status = 'approved', updated_at = now() WHERE conversation_id LIKE 'probe-%'`);
      times.sort((a, b) => a - b);
      console.log(`commit to page: ${times.join(', ')} ms`);
      expect(times[5]).toBeLessThan(1_000);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('names what happens where ?demo asks for it, and else does not', async () => {
      const { page } = await open('/?demo');
      expect((await page.textContent('.demo-hint'))?.length).toBeGreaterThan(40);
      await page.goto(scene().demo.demoUrl);
      await page.waitForSelector('.agent');
      expect(await page.$('.demo-hint')).toBeNull();
      // A real deployment has no hints to show, whatever the address says.
      await page.goto(`${scene().gateway.url}/?demo`);
      await page.waitForSelector('.agent');
      expect(await page.$('.demo-hint')).toBeNull();
      await page.close();
    });

    test('12: lets a visitor acknowledge, and take it back', async () => {
      const { database } = scene();
      await database.query(`INSERT INTO agent_approvals (conversation_id, status, created_at) VALUES ('late-one', 'pending', now() - interval '16 minutes')`);
      const { page, errors } = await open('/');
      await page.click('.incident:not(.is-taken):has-text("over SLA") .button:has-text("Acknowledge")', { timeout: 20_000 });
      await page.waitForSelector('.incident.is-taken .taken:has-text("you")');
      const taken = await database.query(`SELECT acknowledged_by FROM agentpulse.alert WHERE conversation_id = 'late-one' AND status = 'acknowledged'`);
      expect(taken.rows).toEqual([{ acknowledged_by: 'you' }]);
      await page.mouse.move(2, 2);
      await page.click('.notice .button:has-text("Undo")');
      await page.waitForSelector('.incident.is-taken', { state: 'detached' });
      await database.query(`UPDATE agent_approvals SET status = 'approved', updated_at = now() WHERE conversation_id = 'late-one'`);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('22 and 23: has no serious finding of axe and no sideways scroll, at three sizes, light and dark', async () => {
      const { page, errors } = await open('/?demo');
      await page.waitForSelector('.trend .time-chart', { timeout: 30_000 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const [size, viewport] of Object.entries(SIZES)) {
          await page.setViewportSize(viewport);
          await page.waitForTimeout(700);
          await shot(page, `real-${size}-${colorScheme}`);
          expect(await seriousFindings(page), `${size}, ${colorScheme}`).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${size}, ${colorScheme}`).toBeLessThanOrEqual(0);
        }
      }
      expect(errors).toEqual([]);
      await page.close();
    });
  });
}
