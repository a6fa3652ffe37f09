import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { seriousFindings, shot } from '../chromium';
import { LateApprovals, QUIET_FEED } from './lateApprovals';
import type { Postgres } from './postgres';
import type { Gateway } from './stack';

/** The page promises 3 s to say it and 2 s to be back; the machine of a test may be busy, so the bounds are wide. */
const NOTICED_MS = 10_000;
const BACK_MS = 60_000;

/** What can be stopped, each by itself, below one page. */
export interface Stage {
  /** How a job ends, and how it comes back, is for whoever runs it. */
  job: { stop: () => unknown; start: () => unknown };
  gateway: Gateway;
  postgres: Postgres;
  browser: BrowserContext;
}

interface Outage {
  name: string;
  cause: 'job' | 'gateway' | 'database';
  stop: (stage: Stage) => unknown;
  start: (stage: Stage) => unknown;
}

const outagesOf = (jobName: string): readonly Outage[] => [
  { name: jobName, cause: 'job', stop: ({ job }) => job.stop(), start: ({ job }) => job.start() },
  { name: 'gateway', cause: 'gateway', stop: ({ gateway }) => gateway.kill(), start: ({ gateway }) => gateway.start() },
  { name: 'postgres', cause: 'database', stop: ({ postgres }) => postgres.stop(), start: ({ postgres }) => postgres.start() },
];

const ORDERS: readonly (readonly number[])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** @param jobName says what is done to the job */
export function outages(jobName: string, stage: () => Stage): void {
  const all = outagesOf(jobName);
  describe('3: what stops is named, figures stay and are dated, and all comes back by itself without gap or double, in any order', () => {
    test.each(ORDERS.map((indexes) => inOrder(indexes.map((index) => all[index]!))))(
      '$title',
      async ({ order }) => {
        const { gateway, browser } = stage();
        const page = await browser.newPage();
        await page.setViewportSize({ width: 1280, height: 720 });
        await page.goto(gateway.url + QUIET_FEED);
        for (const outage of order) {
          await interrupt(stage(), page, outage);
        }
        await page.close();
      },
      400_000,
    );
  });
}

const inOrder = (order: readonly Outage[]) => ({ order, title: order.map(({ name }) => name).join(', ') });

let interruptions = 0;

async function interrupt(stage: Stage, page: Page, { name, cause, stop, start }: Outage): Promise<void> {
  interruptions += 1;
  const approvals = new LateApprovals(stage.postgres, `late-${interruptions}`);
  await page.waitForSelector('[data-testid=data-age][data-level=fresh]', { timeout: BACK_MS });
  await approvals.commit();
  await approvals.awaitOnceEach(page);
  const stopped = Date.now();
  let noticed: number;
  let named: number;
  await stop(stage);
  // What was stopped comes back whatever was seen: the orders that follow need it.
  let back: number;
  try {
    await page.waitForSelector('.banner', { timeout: NOTICED_MS });
    noticed = Date.now() - stopped;
    await page.waitForSelector(`.banner[data-cause=${cause}]`, { timeout: NOTICED_MS });
    named = Date.now() - stopped;
    const before = await figures(page);
    if (cause !== 'database') {
      await approvals.commit();
    }
    await page.waitForTimeout(1_000);
    expect(await figures(page)).toEqual(before);
    expect(before.length).toBeGreaterThan(10);
    expect(await page.textContent('[data-testid=data-age]')).toMatch(/^As of \d\d:\d\d:\d\d$/);
    if (interruptions <= ORDERS[0]!.length) {
      expect(await seriousFindings(page)).toEqual([]);
      await shot(page, `real-outage-${name.replaceAll(' ', '-')}`);
    }
  } finally {
    back = Date.now();
    await start(stage);
  }
  // As soon as it can be: a database takes these before all others have come back to it.
  await approvals.commit();
  const returned = Date.now() - back;
  await page.waitForSelector('.banner', { state: 'detached', timeout: BACK_MS });
  const recovered = Date.now() - back;
  console.log(`${name}: said after ${noticed} ms, named after ${named} ms, gone ${recovered - returned} ms after it was there again, ${recovered} ms after the command to start it`);
  await approvals.commit();
  await approvals.awaitOnceEach(page);
  await approvals.decide();
}

const figures = (page: Page) => page.$$eval('.verdict .figure-value, .agent td.num', (nodes) => nodes.map((node) => node.textContent));
