import { describe, expect, test, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { browserVisits, seriousFindings, shot } from '../visits';

const visit = browserVisits();
const WORLD = { agents: 6, degraded: 1, pending: [431, 250, 40] };

/** Runs here and in the page: by how much, in sum, a timer of 250 ms comes late until it is asked. */
function watchLateness(): () => number {
  let due = performance.now() + 250;
  let late = 0;
  const look = () => {
    late += Math.max(0, performance.now() - due);
    due = performance.now() + 250;
    timer = setTimeout(look, 250);
  };
  let timer = setTimeout(look, 250);
  return () => {
    clearTimeout(timer);
    return late + Math.max(0, performance.now() - due);
  };
}

/** What a busy machine adds to what is timed from now on, in milliseconds: nearly nothing on one that is not. */
async function latenessFrom(page: Page): Promise<() => Promise<number>> {
  const there = await page.evaluateHandle(watchLateness);
  const here = watchLateness();
  return async () => here() + (await there.evaluate((late) => late()));
}

describe('2: the age is counted by the database’s clock', () => {
  test.each([2, -2])('a browser clock that is %i hours off changes no age, and is told so', async (hours) => {
    const { page, close } = await visit({
      world: WORLD,
      prepare: async (_, of) => {
        await of.addInitScript(`{ const real = Date.now; Date.now = () => real() + ${hours * 3_600_000}; }`);
      },
    });
    await page.waitForTimeout(1_500);
    // Both of one moment: a late tick makes it amber until the next.
    await page.waitForFunction(() => {
      const age = document.querySelector<HTMLElement>('[data-testid=data-age]');
      return age?.dataset.level === 'fresh' && /^Data [0-2]\.\d.s old$/.test(age.textContent ?? '');
    });
    expect(await page.textContent('.queue-row >> nth=0')).toMatch(/\+[23]:\d\d over/);
    await page.waitForSelector('.hint');
    expect(await page.textContent('.hint')).toContain(hours > 0 ? 'ahead of' : 'behind');
    expect(await seriousFindings(page)).toEqual([]);
    await close();
  });

  test('a page that opens on figures of three hours ago says so at once', async () => {
    const { page, close } = await visit({ world: WORLD, tick: 0, prepare: ({ world }) => {
      const [status] = world.rows('pipeline_status') as { as_of: string }[];
      if (status) {
        status.as_of = new Date(world.now() - 3 * 3_600_000).toISOString();
      }
    } });
    const lateness = await latenessFrom(page);
    const opened = Date.now();
    await page.waitForSelector('.banner[data-cause=job]');
    const told = Date.now() - opened;
    expect(told - (await lateness())).toBeLessThan(5_000);
    expect(await page.textContent('.banner')).toMatch(/3.h 00.m old/);
    expect(await page.getAttribute('[data-testid=data-age]', 'data-level')).toBe('red');
    await close();
  });
});

describe('3: old figures are said to be old, with the cause, and kept', () => {
  const cases = [
    { name: 'job', cause: 'job', stop: 'halt', start: 'run' },
    { name: 'database', cause: 'database', stop: 'fail', start: 'mend' },
    { name: 'gateway', cause: 'gateway', stop: 'stop', start: 'start' },
  ] as const;
  test.each(cases)('$name: within 3 s of the last tick, and gone within 2 s of the return', async ({ name, cause, stop, start }) => {
    const { page, server, close } = await visit({ world: WORLD });
    await page.waitForTimeout(1_500);
    const figures = () => page.$$eval('.verdict .figure-value, .agent td.num, .queue-name', (nodes) => nodes.map((node) => node.textContent));
    const latenessOfNotice = await latenessFrom(page);
    const stopped = Date.now();
    server.halt();
    if (stop === 'fail') {
      server.failure = { status: 503, code: 'PGRST001', message: 'Could not connect with the database.' };
      server.dropSockets();
    } else if (stop === 'stop') {
      await server.stop();
    }
    // What was on its way when the server stopped may still be painted.
    let before = await figures();
    for (let earlier: typeof before = []; JSON.stringify(earlier) !== JSON.stringify(before);) {
      earlier = before;
      await page.waitForTimeout(250);
      before = await figures();
    }
    await page.waitForSelector(`.banner[data-cause=${cause}]`);
    const noticed = Date.now() - stopped;
    const noticedLate = await latenessOfNotice();
    await page.waitForTimeout(1_500);
    expect(await figures()).toEqual(before);
    expect(await page.$$('[class*=spin], [aria-busy=true]')).toEqual([]);
    expect(await page.textContent('[data-testid=data-age]')).toMatch(/^As of \d\d:\d\d:\d\d$/);
    expect(await page.textContent('.queue-time >> nth=0')).toContain('≥');
    await shot(page, `outage-${name}`);
    const latenessOfReturn = await latenessFrom(page);
    const back = Date.now();
    if (start === 'mend') {
      server.failure = null;
    } else if (start === 'start') {
      await server.start();
    }
    server.run();
    await page.waitForSelector('.banner', { state: 'detached' });
    const recovered = Date.now() - back;
    const recoveredLate = await latenessOfReturn();
    await page.waitForFunction(() => !document.querySelector('.queue-time')?.textContent?.includes('≥'));
    // Printed, and bounded only widely and without what the machine was late: it may be busy.
    console.log(`${name}: noticed after ${noticed} ms, ${Math.round(noticedLate)} of them late; recovered after ${recovered} ms, ${Math.round(recoveredLate)} of them late`);
    expect(noticed - noticedLate).toBeLessThan(6_000);
    expect(recovered - recoveredLate).toBeLessThan(6_000);
    await close();
  });
});

test('3: a job that catches up after a restart says so, and what opens only when it has', async () => {
  const { page, server, close } = await visit({ world: { agents: 6, pending: [431, 40], backlog: true } });
  const part = '.verdict h1 a[href="#pipeline"]';
  await page.waitForSelector(part);
  expect((await page.textContent('h1'))?.replaceAll(/\s+/g, ' ').trim()).toBe('1 approval over SLA Catching up after a restart');
  await page.click(part);
  await page.waitForSelector('.pipeline-behind:has-text("before its restart")');
  expect(await page.$$('.incident')).toEqual([]);
  expect(await page.textContent('.incidents .empty')).toMatch(/No incident yet\..*Late approvals show up here when/s);
  server.world.backlog = false;
  await page.waitForSelector('.incident:has-text("over SLA")');
  await page.waitForSelector('.pipeline-behind', { state: 'detached' });
  await page.waitForSelector(part, { state: 'detached' });
  await close();
});

describe('9: nothing is missed and nothing comes twice', () => {
  test('what was written while the socket was away is read by seq; a figure between join and the system message is not lost', async () => {
    const { page, server, close } = await visit({ world: { ...WORLD, pending: [] }, prepare: (of) => void (of.systemDelay = 800) });
    await page.waitForTimeout(1_500);
    server.world.request(10);
    await page.waitForSelector('.queue-row');
    server.dropSockets();
    const ids = [server.world.request(8), server.world.request(6)];
    server.world.decide(ids[0] as number);
    await page.waitForTimeout(3_000);
    server.world.request(1);
    server.world.step();
    await page.waitForFunction(() => document.querySelectorAll('.queue-row').length === 3);
    const seqs = (server.world.rows('channel_event') as { seq: number; payload: { event: string } }[]).filter(({ payload }) => payload.event !== 'new_query');
    await page.goto(`${server.url}/?feed=approval_queue_stream`);
    await page.waitForSelector('.feed-line');
    expect(await page.$$eval('.feed-line', (lines) => lines.length)).toBe(seqs.filter(({ payload }) => /approval|status/.test(payload.event)).length);
    await close();
  });

  test('a tab that stood still shows within a second what came meanwhile, each message once', async () => {
    const { page, server, close } = await visit({ world: { ...WORLD, pending: [60] } });
    await page.waitForSelector('.queue-row');
    await page.waitForTimeout(1_000);
    // As a browser does with a tab that nobody sees, or a computer that sleeps: nothing of the page runs.
    const begins = page.waitForEvent('console', (message) => message.text() === 'asleep');
    const asleep = page.evaluate(() => {
      console.log('asleep');
      const until = performance.now() + 4_000;
      while (performance.now() < until);
      return document.querySelectorAll('.queue-row').length;
    });
    await begins;
    server.dropSockets();
    server.world.request();
    server.world.request();
    expect(await asleep).toBe(1);
    const back = Date.now();
    await page.waitForFunction(() => document.querySelectorAll('.queue-row').length === 3);
    console.log(`up to date ${Date.now() - back} ms after the return`);
    server.world.request();
    await page.waitForFunction(() => document.querySelectorAll('.queue-row').length === 4);
    await page.waitForFunction(() => !document.querySelector('main.is-stale'));
    await page.waitForSelector('.feed-line:has-text("Approval asked") >> nth=3', { state: 'attached' });
    const told = await page.$$eval('.feed-line:has-text("Approval asked") .feed-who', (names) => names.map((name) => name.textContent));
    expect(new Set(told).size).toBe(told.length);
    expect(told).toHaveLength(4);
    await close();
  });

  test('without Realtime the page reads once a second and says so', async () => {
    const { page, server, close } = await visit({ world: WORLD, prepare: (of) => void (of.realtime = false) });
    await page.locator('.pipeline .panel-note', { hasText: /^read once a second$/ }).waitFor();
    const reads = () => server.asked.get('pipeline_status') ?? 0;
    const lateness = await latenessFrom(page);
    const began = Date.now();
    const before = reads();
    // Longer than an outage takes to be said, and often enough that none is.
    await vi.waitFor(() => expect(reads()).toBeGreaterThanOrEqual(before + 5), { timeout: 60_000 });
    const took = Date.now() - began;
    expect(took - (await lateness())).toBeLessThan(5 * 3_000);
    // A busy machine may show one for a moment.
    await page.waitForSelector('.banner', { state: 'detached' });
    await close();
  });
});
