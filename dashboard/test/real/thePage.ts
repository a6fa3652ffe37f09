import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { collectErrors, seriousFindings, shot } from '../chromium';
import { openBare, until } from '../measure/bareChromium';
import { markersSeen, openNoting } from './commitToPage';
import type { Scene } from './stack.test';

const MARKERS = 100;
/** For a figure, as the job's code is compiled in its first minutes; not for the test. */
const WARM_UP_SECONDS = Number(process.env.AGENTPULSE_WARM_UP ?? 0);
const wait = (millis: number) => new Promise((done) => setTimeout(done, millis));
const SIZES = { desktop: { width: 1280, height: 720 }, wide: { width: 1920, height: 1080 }, phone: { width: 360, height: 740 } };

/** The nearest rank: of a hundred sorted values the 99th for 0.99. */
const nth = (sorted: readonly number[], share: number) => sorted[Math.ceil(sorted.length * share) - 1];

export function thePage(scene: () => Scene): void {
  describe('the page of the demo', () => {
    const open = async (path: string): Promise<{ page: Page; errors: string[] }> => {
      const { demo, browser } = scene();
      const page = await browser.newPage();
      const errors = collectErrors(page);
      await page.setViewportSize(SIZES.desktop);
      await page.goto(demo.demoUrl + path);
      await page.waitForSelector('.agent', { timeout: 60_000 });
      return { page, errors };
    };

    test('is what the demo names first', async () => {
      const { demo } = scene();
      const lines = demo.printed().split('\n');
      const address = `Open ${demo.demoUrl}/?demo`;
      expect(lines.indexOf(address)).toBeLessThan(lines.findIndex((line) => line.includes('Flink ')));
    });

    test('shows a change within a second of its commit', async () => {
      const { demo, database } = scene();
      const bare = await openBare('about:blank');
      const committed: number[] = [];
      let seen: Awaited<ReturnType<typeof markersSeen>>;
      try {
        await openNoting(bare, `${demo.demoUrl}/?feed=approval_queue_stream`);
        await until(bare, () => document.querySelector('.agent') !== null, undefined);
        await wait(WARM_UP_SECONDS * 1_000);
        for (let marker = 0; marker < MARKERS; marker += 1) {
          // Not in step with anything that repeats.
          await wait(150 + ((marker * 37) % 100));
          await database.query(`INSERT INTO agent_approvals (conversation_id, status) VALUES ($1, 'pending')`, [`marker-${marker}!`]);
          committed.push(Date.now());
        }
        await until(bare, (last) => document.querySelector('.feed-list')?.textContent.includes(last), `marker-${MARKERS - 1}!`);
        await wait(500);
        seen = await markersSeen(bare);
      } finally {
        await bare.close();
      }
      const after = (step: 'arrived' | 'painted') =>
        committed.map((at, marker) => (seen[`marker-${marker}`]?.[step] ?? Infinity) - at).sort((a, b) => a - b);
      const summary = (times: number[]) =>
        `p50 ${nth(times, 0.5)}, p90 ${nth(times, 0.9)}, p99 ${nth(times, 0.99)}, longest ${nth(times, 1)} ms`;
      console.log(`commit to the page's socket: ${summary(after('arrived'))}; to what it has painted: ${summary(after('painted'))}`);
      await database.query(`UPDATE agent_approvals SET status = 'approved', updated_at = now() WHERE conversation_id LIKE 'marker-%'`);
      expect(after('painted')[MARKERS - 1]).toBeLessThan(Infinity);
      expect(after('painted')[MARKERS / 2]).toBeLessThan(1_000);
    }, 180_000 + WARM_UP_SECONDS * 1_000);

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
      await page.click('.incident:not(.is-taken):has-text("over SLA") .button:has-text("Acknowledge")', { timeout: 60_000 });
      await page.waitForSelector('.incident.is-taken .taken:has-text("you")');
      // It comes when each of the incident's alerts is taken; the row is taken with the first.
      await page.waitForSelector('.notice:has-text("Acknowledged")');
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
      await page.waitForSelector('.trend .time-chart', { timeout: 60_000 });
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
