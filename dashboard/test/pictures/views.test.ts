import { test } from 'vitest';
import { holdBack } from '../fake/outlook';
import type { Visit } from '../visits';
import { browserVisits, shot } from '../visits';

const visit = browserVisits();
const TROUBLE = { agents: 12, degraded: 2, warning: 1, idle: 1, pending: [1_012, 431, 322, 262], unsafe: 1 };
const MANY = { ...TROUBLE, agents: 100, degraded: 5, warning: 9, idle: 7, suffix: '-of-the-north-western-region' };
const SIZES = { desktop: { width: 1440, height: 900 }, tablet: { width: 820, height: 1180 }, phone: { width: 390, height: 844 } };

async function everySize({ page }: Visit, name: string, part?: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(viewport);
      if (part !== undefined) {
        await page.$eval(part, (element) => element.scrollIntoView());
      }
      await page.waitForTimeout(400);
      await shot(page, `${name}-${size}-${colorScheme}`, part === undefined && size !== 'desktop');
    }
  }
}

test.each(['capacity', 'quality', 'data'])('%s, light and dark', async (name) => {
  const visited = await visit({ world: TROUBLE, path: `/?view=${name}` });
  await visited.page.waitForTimeout(1_500);
  await everySize(visited, `view-${name}`);
  await visited.close();
  const many = await visit({ world: MANY, path: `/?view=${name}` });
  await many.page.waitForTimeout(1_500);
  await everySize(many, `view-${name}-many`);
  await many.close();
}, 240_000);

test('capacity at every range, light and dark', async () => {
  const visited = await visit({ world: TROUBLE, path: '/?view=capacity' });
  visited.server.world.historyMs = 200 * 86_400_000;
  for (const range of ['1 h', '7 d', '90 d']) {
    await visited.page.click(`.view-ranges button:text-is("${range}")`);
    await visited.page.waitForSelector('#forecast .chart-legend:has-text("before")');
    await everySize(visited, `view-capacity-${range.replace(' ', '')}`, '.view-ranges');
  }
  await visited.close();
}, 240_000);

test('data, with rows that are kept too long', async () => {
  const visited = await visit({ world: TROUBLE, prepare: ({ world }) => holdBack(world.stored, world.now()), path: '/?view=data' });
  await visited.page.click('.held-list summary');
  await everySize(visited, 'view-data-held', '#retention');
  await visited.close();
}, 120_000);

test.each([
  ['12', TROUBLE],
  ['many', MANY],
])('tiles and all agents over hours and days, %s', async (name, world) => {
  const visited = await visit({ world, path: '/?trend=24h' });
  visited.server.world.historyMs = 64 * 86_400_000;
  await visited.page.waitForSelector('#trend .time-chart');
  await visited.page.waitForSelector('.tile-change:has-text("on last week")');
  await everySize(visited, `tiles-${name}`);
  await everySize(visited, `trend-${name}-24h`, '#trend');
  await visited.page.click('#trend .segments button:text-is("90 d")');
  await visited.page.waitForTimeout(800);
  await everySize(visited, `trend-${name}-90d`, '#trend');
  await visited.close();
}, 240_000);

test('few agents, no yesterday, no history, stale', async () => {
  const visited = await visit({ world: { agents: 3, pending: [12] }, path: '/?trend=24h' });
  const { page, server } = visited;
  server.world.historyMs = 3 * 3_600_000;
  await page.reload();
  await page.waitForSelector('.tile-change:has-text("no yesterday yet")');
  await everySize(visited, 'tiles-new');
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.waitForTimeout(400);
  await shot(page, 'tiles-new-small');
  server.history = false;
  await page.reload();
  await page.waitForSelector('#trend .chart-wait');
  await page.waitForTimeout(500);
  await everySize(visited, 'tiles-none');
  server.history = true;
  server.world.historyMs = 64 * 86_400_000;
  await page.reload();
  await page.waitForSelector('.tile-change:has-text("on last week")');
  server.halt();
  await page.waitForSelector('main.is-stale');
  await page.waitForTimeout(500);
  await everySize(visited, 'tiles-stale');
  await visited.close();
}, 240_000);

test.each([
  ['proven', '/?agent=billing', '.drawer .cell-figure >> nth=3'],
  ['total', '/', '.verdict-figures .figure >> nth=0'],
  ['not-yet', '/?agent=shipping', '.drawer .cell-figure >> nth=3'],
])('why, %s', async (name, path, figure) => {
  const visited = await visit({ world: { ...TROUBLE, agents: 19 }, path });
  await visited.page.waitForTimeout(600);
  await visited.page.click(figure);
  await visited.page.waitForSelector('.why-proof');
  await visited.page.waitForTimeout(600);
  await everySize(visited, `why-${name}`);
  await visited.close();
}, 240_000);
