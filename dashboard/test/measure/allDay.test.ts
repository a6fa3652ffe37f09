import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { browserVisits, OUTPUT } from '../visits';

const visit = browserVisits();

/** Ticks come twice a second by the page's clock, which runs so many times faster. */
const SPEED = 40;
const TICK_MS = 500;
const FRAMES = Number(process.env.AGENTPULSE_FRAMES ?? 1_200);
const LOOKS = 6;
/** More than the page remembers of messages. */
const MESSAGES = 6_000;

/** Runs in the page before anything else: its time passes faster, so that a day fits into minutes. */
function hurry(speed: number): void {
  const now = performance.now.bind(performance);
  performance.now = () => now() * speed;
  const { setTimeout: later, setInterval: often } = globalThis;
  const hurried = (original: (handler: () => void, millis?: number) => unknown) => (handler: () => void, millis = 0) => original(handler, millis / speed);
  Object.assign(globalThis, { setTimeout: hurried(later), setInterval: hurried(often) });
}

test(`6: ${FRAMES} frames leave the heap, the page and the time of a frame as they were`, async () => {
  const { page, server, errors, close } = await visit({
    world: { agents: 12, pending: [400, 20], speed: SPEED },
    tick: 0,
    prepare: async (_, of) => void (await of.addInitScript(hurry, SPEED)),
  });
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const metrics = async () => Object.fromEntries((await client.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
  const frames = async () => Number((await page.textContent('.pipeline-foot'))?.match(/frame ([\d,]+)/)?.[1]?.replaceAll(',', '') ?? 0);
  /** The least of a few: what a frame is just at work with is not what the page keeps. */
  const heap = async () => {
    const sizes: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      await client.send('HeapProfiler.collectGarbage');
      sizes.push((await client.send('Runtime.getHeapUsage')).usedSize);
      await page.waitForTimeout(30);
    }
    return Math.min(...sizes);
  };
  const look = async () => {
    return {
      frames: await frames(),
      heapKilobytes: Math.round((await heap()) / 1_024),
      nodes: await page.evaluate(() => document.querySelectorAll('*').length),
      busySeconds: (await metrics()).TaskDuration ?? 0,
    };
  };
  server.run(TICK_MS / SPEED, () => {
    server.world.step(false);
    server.world.query();
  });
  const untilFrame = async (wanted: number) => {
    while ((await frames()) < wanted) {
      await page.waitForTimeout(100);
    }
  };
  // Warm: what is bounded is full.
  for (let message = 0; message < MESSAGES; message += 1) {
    server.world.query();
    if (message % 100 === 0) {
      await page.waitForTimeout(20);
    }
  }
  await untilFrame(600);
  const looks = [await look()];
  const begun = looks[0]?.frames ?? 0;
  for (let count = 1; count <= LOOKS; count += 1) {
    await untilFrame(begun + (FRAMES * count) / LOOKS);
    looks.push(await look());
    console.log(JSON.stringify(looks.at(-1)));
  }
  const perFrame = looks.slice(1).map((each, index) => {
    const before = looks[index] as (typeof looks)[number];
    return ((each.busySeconds - before.busySeconds) * 1_000) / (each.frames - before.frames);
  });
  const figures = { frames: looks.map((each) => each.frames), heapKilobytes: looks.map((each) => each.heapKilobytes), nodes: looks.map((each) => each.nodes), mainThreadMillisPerFrame: perFrame.map((each) => Math.round(each * 100) / 100) };
  writeFileSync(join(OUTPUT, 'day-figures.json'), JSON.stringify(figures, null, 2));
  console.log(JSON.stringify(figures));
  const [first, last] = [looks[0], looks.at(-1)] as [(typeof looks)[number], (typeof looks)[number]];
  expect(last.heapKilobytes).toBeLessThan(first.heapKilobytes * 1.1);
  expect(last.nodes).toBeLessThan(first.nodes * 1.1);
  expect(errors).toEqual([]);
  await close();
}, 3_600_000);
