import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { browserVisits, OUTPUT } from '../visits';

const visit = browserVisits();
const AGENTS = 100;
const TICK_MS = 500;
const MEASURED_MS = 30_000;
const WATCHED_MS = 10_000;

/** What a frame costs, by what the main thread did. Its own time: other work on the machine does not count. */
const PARTS = { all: 'TaskDuration', script: 'ScriptDuration', style: 'RecalcStyleDuration', layout: 'LayoutDuration' } as const;
type Part = keyof typeof PARTS;

async function spent(client: CDPSession): Promise<Record<Part, number>> {
  const { metrics } = await client.send('Performance.getMetrics');
  const seconds = new Map(metrics.map(({ name, value }) => [name, value]));
  return Object.fromEntries(Object.entries(PARTS).map(([part, name]) => [part, (seconds.get(name) ?? 0) * 1_000])) as Record<Part, number>;
}

function quantiles(values: number[]): { p50: number; p95: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95) };
}

/** Counts what must not happen: layout that shifts, spinners, rows that are made anew. */
function watch(): void {
  const seen = { shift: 0, spins: 0, moved: [] as string[], rows: [...document.querySelectorAll('.agent')] };
  Object.assign(globalThis, { seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node?: Element }[] })[]) {
      seen.shift += entry.value;
      seen.moved.push(...entry.sources.map(({ node }) => node?.className ?? ''));
    }
  }).observe({ type: 'layout-shift' });
  new MutationObserver(() => {
    seen.spins += document.querySelectorAll('[aria-busy=true], [class*=spin], [class*=skeleton]').length;
  }).observe(document.body, { subtree: true, childList: true });
}

const seenBy = (page: Page) =>
  page.evaluate(() => {
    const { seen } = globalThis as unknown as { seen: { shift: number; spins: number; moved: string[]; rows: Element[] } };
    return { moved: seen.moved.slice(0, 10), shift: seen.shift, spins: seen.spins, gone: seen.rows.filter((row) => !row.isConnected).length };
  });

test(`4 and 5: the peak, ${AGENTS} agents: what half a second costs; no spinner, no layout shift, rows stay the same nodes`, async () => {
  const { page, server, close } = await visit({ world: { agents: AGENTS, pending: [400, 100, 20] }, tick: TICK_MS });
  await page.waitForTimeout(12_000);
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const perTick: Record<Part, number[]> = { all: [], script: [], style: [], layout: [] };
  let before = await spent(client);
  for (const until = Date.now() + MEASURED_MS; Date.now() < until; ) {
    server.world.query();
    await page.waitForTimeout(TICK_MS);
    const now = await spent(client);
    for (const part of Object.keys(PARTS) as Part[]) {
      perTick[part].push(now[part] - before[part]);
    }
    before = now;
  }
  const figures = Object.fromEntries(Object.entries(perTick).map(([part, values]) => [part, quantiles(values)]));
  writeFileSync(join(OUTPUT, 'frame-figures.json'), JSON.stringify(figures, null, 2));
  console.log(`main thread, milliseconds each ${TICK_MS} ms: ${JSON.stringify(figures)}`);

  await page.evaluate(watch);
  await page.waitForTimeout(WATCHED_MS);
  const seen = await seenBy(page);
  expect(seen.shift, seen.moved.join()).toBeLessThanOrEqual(0.02);
  expect(seen.spins).toBe(0);
  expect(seen.gone).toBe(0);
  await close();
}, 120_000);
