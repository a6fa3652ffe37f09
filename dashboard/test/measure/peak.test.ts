import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FakeServer } from '../fake/server';
import { World } from '../fake/world';
import { shiftsSeen, watchShifts } from '../shifts';
import { browserVisits, OUTPUT } from '../visits';
import { openBare, type BarePage } from './bareChromium';
import { CATEGORIES, framesOf } from './frames';

const visit = browserVisits();
const AGENTS = 100;
const PEAK = { agents: AGENTS, pending: [400, 100, 20] };
const TICK_MS = 500;
const TICKS = 40;
const TRACED_TICKS = 30;
const SETTLE_MS = 12_000;
const WATCHED_MS = 10_000;

/** What half a second costs, by what the main thread did. Its own time: other work on the machine does not count. */
const PARTS = { all: 'TaskDuration', script: 'ScriptDuration', style: 'RecalcStyleDuration', layout: 'LayoutDuration' } as const;
type Part = keyof typeof PARTS;

async function spent({ page }: BarePage): Promise<Record<Part, number>> {
  const { metrics } = await page<{ metrics: { name: string; value: number }[] }>('Performance.getMetrics');
  const seconds = new Map(metrics.map(({ name, value }) => [name, value]));
  return Object.fromEntries(Object.entries(PARTS).map(([part, name]) => [part, (seconds.get(name) ?? 0) * 1_000])) as Record<Part, number>;
}

function quantiles(values: readonly number[]): { p50: number; p95: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95) };
}

const wait = (millis: number) => new Promise((done) => setTimeout(done, millis));

/** So many ticks, each with a query, and what each of them cost. */
async function perTick(bare: BarePage, world: World): Promise<Record<Part, number[]>> {
  const costs: Record<Part, number[]> = { all: [], script: [], style: [], layout: [] };
  let before = await spent(bare);
  for (let tick = 0; tick < TICKS; tick += 1) {
    world.query();
    await wait(TICK_MS);
    const now = await spent(bare);
    for (const part of Object.keys(PARTS) as Part[]) {
      costs[part].push(now[part] - before[part]);
    }
    before = now;
  }
  return costs;
}

/** What a painted frame costs; in a trace, which costs something itself. */
async function perFrame(bare: BarePage, world: World): Promise<ReturnType<typeof framesOf>> {
  const events: object[] = [];
  bare.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as object[])));
  const ended = new Promise<void>((done) => bare.on('Tracing.tracingComplete', () => done()));
  await bare.browser('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: CATEGORIES, excludedCategories: ['*'] } });
  for (let tick = 0; tick < TRACED_TICKS; tick += 1) {
    world.query();
    await wait(TICK_MS);
  }
  await bare.browser('Tracing.end');
  await ended;
  return framesOf(events);
}

test(`5: the peak, ${AGENTS} agents: what half a second costs, and a frame`, async () => {
  const server = new FakeServer(new World(PEAK));
  await server.start();
  server.run(TICK_MS);
  const bare = await openBare(server.url);
  await bare.page('Performance.enable', { timeDomain: 'threadTicks' });
  await wait(SETTLE_MS);
  const ticks = await perTick(bare, server.world);
  const frames = await perFrame(bare, server.world);
  await bare.close();
  server.halt();
  await server.stop();

  const elsewhere = Object.entries(frames.elsewhere).map(([thread, millis]) => [thread, Math.round((10 * millis) / TRACED_TICKS) / 10] as const);
  const figures = {
    tick: Object.fromEntries(Object.entries(ticks).map(([part, costs]) => [part, quantiles(costs)])),
    framesATick: Math.round((10 * frames.perFrame.length) / TRACED_TICKS) / 10,
    frame: { all: quantiles(frames.perFrame), ownTask: quantiles(frames.ownTask) },
    /** Milliseconds a tick of other threads: without a GPU they draw and compose, which a viewer's computer does not. */
    elsewhere: Object.fromEntries(elsewhere.filter(([, millis]) => millis >= 1)),
  };
  writeFileSync(join(OUTPUT, 'frame-figures.json'), JSON.stringify(figures, null, 2));
  console.log(`main thread, milliseconds: ${JSON.stringify(figures)}`);
  expect(frames.perFrame.length).toBeGreaterThan(TRACED_TICKS / 2);
}, 120_000);

const MOVES = 15;
/** A second without a tick, and the page reads every table; after two it says that the figures are old. */
const MOVES_A_TICK = 5;
/** When a tick has been painted. */
const PAINTED_MS = 250;
/** Charts take a step each five seconds, and a little later: there is none from then until the next one. */
const STEP_MS = 5_000;
const STEP_DRAWN_MS = 1_700;

/** What each of so many moves over a chart costs, while nothing else happens. */
async function perMove(bare: BarePage, { world }: FakeServer): Promise<number[]> {
  const { result } = await bare.page<{ result: { value: { x: number; y: number; width: number; height: number } } }>('Runtime.evaluate', {
    expression: `document.querySelector('.u-over').getBoundingClientRect().toJSON()`,
    returnByValue: true,
  });
  const { x, y, width, height } = result.value;
  const costs: number[] = [];
  for (let move = 0; move < MOVES; move += 1) {
    if (move % MOVES_A_TICK === 0) {
      world.step(false);
      await wait(PAINTED_MS);
    }
    const before = await spent(bare);
    await bare.page('Input.dispatchMouseEvent', { type: 'mouseMoved', x: x + (width * (move + 1)) / (MOVES + 2), y: y + height / 2 });
    await wait(50);
    costs.push((await spent(bare)).all - before.all);
  }
  return costs;
}

test(`14: a move over a chart, ${AGENTS} agents`, async () => {
  const server = new FakeServer(new World(PEAK));
  await server.start();
  server.run(TICK_MS);
  const bare = await openBare(server.url);
  await bare.page('Performance.enable', { timeDomain: 'threadTicks' });
  await wait(SETTLE_MS);
  await bare.page('Runtime.evaluate', { expression: `document.querySelector('.u-over').parentElement.scrollIntoView({ block: 'center', behavior: 'instant' })` });
  await wait(STEP_MS + STEP_DRAWN_MS - (server.world.now() % STEP_MS));
  server.halt();
  const requests = server.requests;
  const costs = await perMove(bare, server);
  const reads = server.requests - requests;
  const { result } = await bare.page<{ result: { value: number } }>('Runtime.evaluate', {
    expression: `[...document.querySelectorAll('.u-cursor-x')].filter((line) => line.offsetParent && getComputedStyle(line).transform !== 'none').length`,
    returnByValue: true,
  });
  await bare.close();
  await server.stop();
  console.log(`main thread, milliseconds: ${JSON.stringify({ move: quantiles(costs), reads, chartsWithCrosshair: result.value })}`);
  expect(result.value).toBeGreaterThan(1);
}, 120_000);

test(`4: the peak, ${AGENTS} agents: no spinner, no layout shift, rows stay the same nodes`, async () => {
  const { page, close } = await visit({ world: PEAK, tick: TICK_MS });
  await page.waitForTimeout(SETTLE_MS);
  await watchShifts(page);
  await page.waitForTimeout(WATCHED_MS);
  const seen = await shiftsSeen(page);
  expect(seen.shift, seen.moved).toBeLessThanOrEqual(0.02);
  expect(seen.spins).toBe(0);
  expect(seen.gone).toBe(0);
  await close();
}, 120_000);
