import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { browserVisits, OUTPUT } from '../visits';

const visit = browserVisits();

test('half a minute at the peak, 100 agents: no spinner, no layout shift, rows stay the same nodes', async () => {
  const { page, server, close } = await visit({ world: { agents: 100, pending: [400, 100, 20] }, tick: 500 });
  await page.waitForTimeout(12_000);
  await page.evaluate(() => {
    const watch = globalThis as unknown as { shift: number; rows: Element[]; spins: number; moved: string[] };
    Object.assign(watch, { shift: 0, spins: 0, moved: [], rows: [...document.querySelectorAll('.agent')] });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node?: Element }[] })[]) {
        watch.shift += entry.value;
        watch.moved.push(...entry.sources.map(({ node }) => node?.className ?? ''));
      }
    }).observe({ type: 'layout-shift' });
    new MutationObserver(() => {
      watch.spins += document.querySelectorAll('[aria-busy=true], [class*=spin], [class*=skeleton]').length;
    }).observe(document.body, { subtree: true, childList: true });
  });
  const client = await page.context().newCDPSession(page);
  // The thread's own time: other work on the machine does not count.
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async () => Object.fromEntries((await client.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
  const perFrame: number[] = [];
  let before = await read();
  const until = Date.now() + 30_000;
  while (Date.now() < until) {
    server.world.query();
    await page.waitForTimeout(500);
    const now = await read();
    perFrame.push(((now.TaskDuration ?? 0) - (before.TaskDuration ?? 0)) * 1_000);
    before = now;
  }
  perFrame.sort((a, b) => a - b);
  const quantile = (share: number) => Math.round((perFrame[Math.floor(perFrame.length * share)] ?? 0) * 10) / 10;
  const figures = { agents: 100, ticksPerSecond: 2, mainThreadMillisPerHalfSecond: { p50: quantile(0.5), p95: quantile(0.95) } };
  writeFileSync(join(OUTPUT, 'frame-figures.json'), JSON.stringify(figures, null, 2));
  console.log(JSON.stringify(figures));
  const seen = await page.evaluate(() => {
    const watch = globalThis as unknown as { shift: number; rows: Element[]; spins: number; moved: string[] };
    return { moved: watch.moved.slice(0, 10), shift: watch.shift, spins: watch.spins, gone: watch.rows.filter((row) => !row.isConnected).length };
  });
  expect(seen.shift, seen.moved.join()).toBeLessThanOrEqual(0.02);
  expect(seen.spins).toBe(0);
  expect(seen.gone).toBe(0);
  await close();
});
