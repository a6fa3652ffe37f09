import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { collectErrors, seriousFindings, shot } from '../chromium';
import type { Scene } from './stack.test';

/** The page promises 3 s to say it and 2 s to be back; the machine of a test may be busy, so the bounds are wide. */
const NOTICED_MS = 10_000;
const BACK_MS = 60_000;

interface Outage {
  name: string;
  cause: string;
  stop: (scene: Scene) => Promise<void>;
  start: (scene: Scene) => Promise<void>;
}

const OUTAGES: readonly Outage[] = [
  { name: 'job', cause: 'job', stop: async ({ demo }) => demo.freeze(), start: async ({ demo }) => demo.thaw() },
  { name: 'gateway', cause: 'gateway', stop: ({ gateway }) => gateway.kill(), start: ({ gateway }) => gateway.start() },
  { name: 'postgres', cause: 'database', stop: ({ demo }) => demo.stopPostgres(), start: ({ demo }) => demo.startPostgres() },
];

const ORDERS: readonly (readonly number[])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

export function outages(scene: () => Scene): void {
  describe('3: what stops is named, figures stay and are dated, and all comes back by itself, in any order', () => {
    test.each(ORDERS.map((indexes) => inOrder(indexes.map((index) => OUTAGES[index]!))))(
      '$title',
      async ({ order }) => {
        const all = scene();
        const page = await all.browser.newPage();
        collectErrors(page);
        await page.setViewportSize({ width: 1280, height: 720 });
        await page.goto(all.gateway.url);
        for (const outage of order) {
          await interrupt(all, page, outage);
        }
        await page.close();
      },
      300_000,
    );
  });
}

const inOrder = (order: readonly Outage[]) => ({ order, title: order.map(({ name }) => name).join(', ') });

let interruptions = 0;

async function interrupt(all: Scene, page: Page, { name, cause, stop, start }: Outage): Promise<void> {
  interruptions += 1;
  await page.waitForSelector('[data-testid=data-age][data-level=fresh]', { timeout: BACK_MS });
  await page.waitForTimeout(1_500);
  const stopped = Date.now();
  await stop(all);
  await page.waitForSelector('.banner', { timeout: NOTICED_MS });
  const noticed = Date.now() - stopped;
  await page.waitForSelector(`.banner[data-cause=${cause}]`, { timeout: NOTICED_MS });
  const named = Date.now() - stopped;
  const before = await figures(page);
  await page.waitForTimeout(1_000);
  expect(await figures(page)).toEqual(before);
  expect(before.length).toBeGreaterThan(10);
  expect(await page.textContent('[data-testid=data-age]')).toMatch(/^As of \d\d:\d\d:\d\d$/);
  if (interruptions <= OUTAGES.length) {
    expect(await seriousFindings(page)).toEqual([]);
    await shot(page, `real-outage-${name}`);
  }
  await start(all);
  const back = Date.now();
  await page.waitForSelector('.banner', { state: 'detached', timeout: BACK_MS });
  const recovered = Date.now() - back;
  console.log(`${name}: said after ${noticed} ms, named after ${named} ms, recovered after ${recovered} ms`);
}

const figures = (page: Page) => page.$$eval('.verdict .figure-value, .agent td.num', (nodes) => nodes.map((node) => node.textContent));
