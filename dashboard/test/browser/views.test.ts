import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { browserVisits, seriousFindings } from '../visits';

const visit = browserVisits();
const TROUBLE = { agents: 12, degraded: 2, warning: 1, idle: 1, pending: [1_012, 431, 250, 20], unsafe: 1 };

test('capacity: least room first, a forecast that goes on from the last day, and what approvals need', async () => {
  const { page, close } = await visit({ world: TROUBLE });
  await page.click('.wide-views a:text-is("Capacity")');
  await page.waitForSelector('#forecast .time-chart');
  expect(page.url()).toContain('view=capacity');
  expect(await page.$('#agents')).toBeNull();
  expect(await page.textContent('#capacity tbody tr >> nth=0')).toMatch(/−?8|-8/);
  expect(await page.textContent('#capacity')).toMatch(/rising \+34/);
  expect(await page.textContent('#forecast .chart-head')).toContain('the same hours of the last two weeks');
  expect(await page.textContent('#approval-forecast')).toMatch(/Clear in38.m.*Late in 15 m3.*Approvers needed4/);
  await page.focus('#forecast [role=slider] >> nth=0');
  await page.keyboard.press('End');
  await page.waitForFunction(() => /expected [\d.]+ · 8 of 10 times [\d.]+ to [\d.]+/.test(document.querySelector('#forecast [role=slider]')?.getAttribute('aria-valuetext') ?? ''));
  const other = (await page.textContent('#capacity tbody tr >> nth=3 >> .agent-name')) as string;
  await page.click('#capacity tbody tr >> nth=3 >> .agent-name');
  await page.waitForSelector(`#forecast h2:text-is("${other}")`);
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('#forecast [aria-label="Chart as CSV"] >> nth=0')]);
  expect(readFileSync((await file.path()) as string, 'utf8')).toMatch(/time,so far,expected,low,high/);
  expect(await seriousFindings(page)).toEqual([]);
  await page.goBack();
  await page.waitForSelector('#agents');
  await close();
});

test('quality and data: scores with their interval, checks by day, what was proven, how long all is kept', async () => {
  const { page, close } = await visit({ world: TROUBLE, path: '/?view=quality' });
  await page.waitForSelector('.interval');
  expect(await page.getAttribute('.interval >> nth=0', 'aria-label')).toMatch(/^Nine of ten times between [\d.]+ and [\d.]+$/);
  expect(await seriousFindings(page)).toEqual([]);
  await page.click('.wide-views a:text-is("Data")');
  await page.waitForSelector('.proof-line.is-good');
  expect(await page.textContent('.proof-line')).toMatch(/6,000 figures proven in 24 h, 0 unequal, 4 could not be told, last \d+ \w+, \d\d:\d\d:\d\d/);
  await page.waitForSelector('#data-quality .check');
  expect(await page.getAttribute('.check .check-days >> nth=0', 'aria-label')).toContain('failed');
  expect(await page.textContent('#retention tr:has-text("agent_performance_history 15m")')).toMatch(/30.d\d+ \w+, \d\d:\d\d4,2330/);
  expect(await seriousFindings(page)).toEqual([]);
  await page.goto(page.url().replace('view=data', ''));
  await page.click('.verdict-figures .figure >> nth=1');
  await page.waitForSelector('.why-lines:has-text("6,000 figures proven in 24 h, 0 unequal")');
  await close();
});

test('a view whose tables are not there is not offered; without any there is only the live page', async () => {
  const { page, server, close } = await visit({
    world: TROUBLE,
    prepare: ({ world }) => ['agent_trend', 'agent_headroom', 'agent_forecast', 'approval_forecast', 'agent_quality'].forEach((table) => world.stored.delete(table)),
  });
  await page.waitForSelector('.wide-views');
  expect(await page.$$eval('.wide-views a', (links) => links.map((link) => link.textContent))).toEqual(['Now', 'Data']);
  await page.goto(`${server.url}/?view=capacity`);
  await page.waitForSelector('.empty:has-text("No forecast is kept here")');
  server.world.stored.clear();
  await page.goto(server.url);
  await page.waitForSelector('#agents');
  await page.waitForTimeout(500);
  expect(await page.$('.views')).toBeNull();
  await close();
});
