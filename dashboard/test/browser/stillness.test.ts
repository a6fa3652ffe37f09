import { describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { AgentHealth } from '@agentpulse/react';
import type { FakeServer } from '../fake/server';
import { shiftsSeen, watchShifts } from '../shifts';
import { browserVisits, seriousFindings } from '../visits';

const visit = browserVisits();

test('4: no region moves and nothing spins, however much goes wrong at once', async () => {
  const { page, server, close } = await visit({ world: { agents: 12, warning: 2, pending: [295, 240, 20] }, tick: 200 });
  const regions = () => page.$$eval('#verdict, #incidents, #queue, #agents, #queue .scroll, .agent-table thead', (all) => all.map((each) => JSON.stringify(each.getBoundingClientRect())));
  const before = await regions();
  server.world.alert({ rule: 'unsafe_response', subject: '1', severity: 'critical' });
  server.world.alert({ rule: 'pipeline_stale', subject: 'writer', value: 12, threshold: 10 });
  server.world.alert({ rule: 'too_many_refunds', subject: 'x' });
  server.world.setLatency(server.world.agents[0] as string, 700);
  server.world.request(1_000);
  // The verdict takes two lines now.
  await page.waitForFunction(() => (document.querySelector('h1')?.clientHeight ?? 0) > 40);
  await page.waitForSelector('.incident.is-critical');
  expect(await regions()).toEqual(before);
  expect(await page.$$('[class*=spin], [class*=skeleton], [aria-busy=true]')).toEqual([]);
  await close();
});

test('4: where the feed is in sight, too, nothing shifts while messages come', async () => {
  const { page, server, close } = await visit({ world: { agents: 6 }, tick: 200, viewport: { width: 1920, height: 1080 } });
  await page.waitForSelector('.feed-line >> nth=20');
  await page.waitForTimeout(1_000);
  await watchShifts(page);
  const newest = () => page.textContent('.feed-line >> nth=0');
  for (let each = 0; each < 5; each += 1) {
    const before = await newest();
    server.world.query();
    server.world.query();
    await page.waitForFunction((old) => document.querySelector('.feed-line')?.textContent !== old, before);
  }
  const tops = await page.$$eval('.feed-line', (lines) => lines.slice(0, 3).map((line) => Math.round(line.getBoundingClientRect().y - (line.closest('.scroll') as Element).getBoundingClientRect().y)));
  expect(tops).toEqual([0, 26, 52]);
  const seen = await shiftsSeen(page);
  expect(seen.shift, seen.moved).toBeLessThanOrEqual(0.02);
  await close();
});

test.each([
  ['1280', { width: 1280, height: 720 }],
  ['1920', { width: 1920, height: 1080 }],
])('4: at the peak nothing shifts or spins while messages, approvals and alerts come and end, %s wide', async (_, viewport) => {
  const { page, server, close } = await visit({ world: { agents: 100, degraded: 3, pending: [400, 100, 20] }, tick: 0, viewport });
  const { world } = server;
  const slow = world.agents.find((agent) => !(world.rows('alert') as { subject: string }[]).some(({ subject }) => subject === agent)) as string;
  const asked: number[] = [];
  let step = 0;
  server.run(400, () => {
    step += 1;
    world.step(false);
    world.query();
    world.query();
    if (step % 4 === 0) {
      asked.push(world.request());
    } else if (step % 4 === 2 && asked.length > 0) {
      world.decide(asked.shift() as number);
    }
  });
  // The first lines of the charts come with the page, not with the traffic.
  await page.waitForSelector('.trend .time-chart', { state: 'attached' });
  await watchShifts(page);
  const from = step;
  world.setLatency(slow, 400);
  await page.waitForSelector(`.incident:has-text("${slow}")`);
  world.alert({ rule: 'unsafe_response', subject: '1', severity: 'critical' });
  await page.waitForSelector('.incident:has-text("Unsafe answer")');
  world.setLatency(slow, 50);
  await page.waitForSelector(`.incident:has-text("${slow}")`, { state: 'detached' });
  while (step < from + 25) {
    await page.waitForTimeout(200);
  }
  expect(await shiftsSeen(page)).toMatchObject({ spins: 0, gone: 0 });
  const { shift, moved } = await shiftsSeen(page);
  expect(shift, moved).toBeLessThanOrEqual(0.02);
  await close();
});

describe('4 and 5: a frame touches what changed and nothing else', () => {
  test('one agent’s tick changes no node of another agent’s row', async () => {
    const { page, server, close } = await visit({ world: { agents: 30, degraded: 0 }, tick: 0 });
    await page.waitForTimeout(1_000);
    await page.evaluate(() => {
      const touched = new Set<string>();
      Object.assign(globalThis, { touched });
      new MutationObserver((records) => {
        for (const { target } of records) {
          const element = target instanceof Element ? target : target.parentElement;
          // The trend has a step of its own.
          const row = element?.closest('.agent-spark') ? null : element?.closest<HTMLElement>('[data-agent]');
          if (row?.dataset.agent) {
            touched.add(row.dataset.agent);
          }
        }
      }).observe(document.querySelector('.agent-table') as Element, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    for (const [latency, shown] of [[41.5, '42'], [57.25, '57'], [63, '63']] as const) {
      const row = server.world.tables.get('agent_health')?.get('faq') as AgentHealth;
      server.world.put('agent_health', 'faq', { ...row, avg_latency_ms_1m: latency });
      await page.locator('[data-agent=faq] .strong').filter({ hasText: new RegExp(`^${shown}.ms$`) }).waitFor();
    }
    expect(await page.evaluate(() => [...(globalThis as unknown as { touched: Set<string> }).touched])).toEqual(['faq']);
    await close();
  });

  test('digits have one width', async () => {
    const { page, close } = await visit({ world: { agents: 3 } });
    const numeric = await page.$$eval('.agent td.num, .figure-value, .queue-time', (nodes) => nodes.map((node) => getComputedStyle(node).fontVariantNumeric));
    expect(new Set(numeric)).toEqual(new Set(['tabular-nums']));
    await close();
  });
});

describe('7: the order stands still', () => {
  test('under the pointer, and moves on when it leaves', async () => {
    const { page, server, close } = await visit({ world: { agents: 6 }, tick: 300 });
    const order = () => page.$$eval('.agent', (rows) => rows.map((row) => (row as HTMLElement).dataset.agent));
    const before = await order();
    const last = before.at(-1) as string;
    await page.hover('.agent >> nth=2');
    server.world.setLatency(last, 600);
    await page.waitForSelector(`.agent.is-degraded[data-agent=${last}]`);
    expect(await order()).toEqual(before);
    await page.waitForSelector('.held');
    await page.hover('.brand');
    await page.waitForFunction((agent) => document.querySelector<HTMLElement>('.agent')?.dataset.agent === agent, last);
    await close();
  });
});

describe('7: the order of incidents', () => {
  const world = { agents: 3, degraded: 0, pending: [] };
  const raise = (server: FakeServer, subject: string, severity: 'critical' | 'warning') => server.world.alert({ rule: `rule_${subject}`, subject, severity });
  const titles = (page: Page) => page.$$eval('.incident-title', (all) => all.map((each) => each.textContent));
  const standLike = (page: Page, wanted: string[]) =>
    page.waitForFunction((order) => [...document.querySelectorAll('.incident-title')].map((each) => each.textContent).join() === order, wanted.join());

  test('moves on after an acknowledgement by mouse, as soon as the pointer has left', async () => {
    const { page, server, close } = await visit({ world, tick: 300 });
    raise(server, 'a', 'critical');
    raise(server, 'b', 'warning');
    await standLike(page, ['Rule a', 'Rule b']);
    await page.click('.incident:has-text("Rule a") .button:has-text("Acknowledge")');
    await page.waitForSelector('.incident.is-taken');
    expect(await titles(page)).toEqual(['Rule a', 'Rule b']);
    await page.hover('.brand');
    await standLike(page, ['Rule b', 'Rule a']);
    await close();
  });

  test('is held with the focus in it, which stays in the row that is taken and goes on from one that is snoozed', async () => {
    const { page, server, close } = await visit({ world, tick: 300 });
    raise(server, 'a', 'critical');
    raise(server, 'b', 'warning');
    await standLike(page, ['Rule a', 'Rule b']);
    await page.keyboard.press('j');
    await page.focus('.incident:has-text("Rule a") .button:has-text("Acknowledge")');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.incident.is-taken');
    expect(await titles(page)).toEqual(['Rule a', 'Rule b']);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Release');
    await page.keyboard.press('s');
    await standLike(page, ['Rule b']);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Rule b');
    await close();
  });

  test('is not held by a pointer and a focus whose list has gone', async () => {
    const { page, server, close } = await visit({ world, tick: 300 });
    raise(server, 'a', 'warning');
    await standLike(page, ['Rule a']);
    await page.keyboard.press('j');
    await page.hover('.incident');
    await page.keyboard.press('s');
    await page.waitForSelector('.incident', { state: 'detached' });
    await page.hover('.brand');
    raise(server, 'b', 'warning');
    await standLike(page, ['Rule b']);
    raise(server, 'c', 'critical');
    await standLike(page, ['Rule c', 'Rule b']);
    await close();
  });
});

describe('8: paused', () => {
  test('by Space: nothing changes, what waits is counted, and comes at once on resume', async () => {
    const { page, close } = await visit({ world: { agents: 6 }, tick: 300 });
    await page.keyboard.press('Space');
    await page.waitForSelector('.live-switch.is-paused');
    const text = () => page.textContent('.agent-table');
    const before = await text();
    await page.waitForTimeout(1_500);
    expect(await text()).toBe(before);
    expect(await page.textContent('.live-switch')).toMatch(/Paused · \d+ updates waiting/);
    expect(await page.textContent('[data-testid=data-age]')).toContain('Paused, as of');
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Space');
    await page.waitForFunction((old) => document.querySelector('.agent-table')?.textContent !== old, before);
    await close();
  });

  test('the feed stands under the pointer and says how much waits', async () => {
    const { page, server, close } = await visit({ world: { agents: 6 } });
    await page.hover('.feed-line >> nth=2');
    const before = await page.textContent('.feed-list');
    server.world.query();
    server.world.query();
    await page.waitForSelector('.feed .held');
    expect(await page.textContent('.feed-list')).toBe(before);
    await page.hover('.brand');
    await page.waitForFunction((old) => document.querySelector('.feed-list')?.textContent !== old, before);
    await close();
  });
});
