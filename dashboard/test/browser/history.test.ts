import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { bandOf, browserVisits, edgesOf, seriousFindings } from '../visits';

const visit = browserVisits();
const TROUBLE = { agents: 12, degraded: 2, warning: 1, idle: 1, pending: [1_012, 431, 250, 20], unsafe: 1 };
const DRAWER = '.drawer [role=slider] >> nth=0';
const RANGES = [
  ['1h', '1 h', '59', 'a day before'],
  ['24h', '24 h', '95', 'a day before'],
  ['7d', '7 d', '167', 'a week before'],
  ['30d', '30 d', '29', 'four weeks before'],
  ['90d', '90 d', '89', '13 weeks before'],
] as const;

async function choose(page: Page, label: string, last: string): Promise<void> {
  await page.click(`.drawer .chart-ranges button:text-is("${label}")`);
  await page.waitForFunction((want) => document.querySelector('.drawer [role=slider]')?.getAttribute('aria-valuemax') === want, last);
}

test('10: the charts of an agent go back from an hour to 90 days, beside the span before', async () => {
  const { page, server, close } = await visit({ world: TROUBLE, path: '/?agent=invoices' });
  for (const [range, label, last, before] of RANGES) {
    await choose(page, label, last);
    expect(await page.textContent('.drawer .chart-legend')).toContain(`p95 ${before}`);
    expect(await page.getAttribute(DRAWER, 'aria-valuetext')).toMatch(last === '29' || last === '89' ? /^\d+ \w+   .*p95 [\d,]+\sms/ : /^\d+ \w+, \d\d:\d\d .*p95 [\d,]+\sms/);
    await page.waitForFunction((want) => location.search.includes(want), `range=${range}`);
  }
  // What is kept does not reach so far back, and older days are still being read.
  expect(await page.textContent('.drawer .chart-head:not(.windows-head)')).toMatch(/each day of UTC.*complete from \d+ \w+/);
  expect(await seriousFindings(page)).toEqual([]);
  server.history = false;
  await page.click('.drawer .chart-ranges button:text-is("1 h")');
  await page.waitForSelector('.drawer .chart-wait:has-text("No history is kept here")');
  await page.click('.drawer .chart-ranges button:text-is("Live")');
  await page.waitForSelector('.drawer .time-chart');
  await page.waitForFunction(() => !location.search.includes('range'));
  await close();
});

test('10: so do the charts of all agents together, from sums, beside yesterday and last week', async () => {
  const { page, server, close } = await visit({ world: TROUBLE });
  const slider = '#trend [role=slider] >> nth=0';
  const pick = (label: string) => page.click(`#trend .segments button:text-is("${label}")`);
  for (const [range, label, last, before] of RANGES) {
    await pick(label);
    await page.waitForFunction((want) => document.querySelector('#trend [role=slider]')?.getAttribute('aria-valuemax') === want, last);
    expect(await page.textContent('#trend .chart-legend')).toContain(before);
    expect(await page.getAttribute(slider, 'aria-valuetext')).toMatch(/all queries [\d,]+\sms.* · each agent [\d,]+\sms to [\d,]+\sms/);
    await page.waitForFunction((want) => location.search.includes(want), `trend=${range}`);
  }
  await pick('24 h');
  await page.waitForSelector('#trend .chart-legend:has-text("a week before")');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('#trend [aria-label="Chart as CSV"]')]);
  const [head, ...lines] = readFileSync((await file.path()) as string, 'utf8').trim().split('\r\n');
  expect(head).toBe('bucket_start,all queries,a day before,a week before,"each agent, least","each agent, most",queries,a day before,a week before');
  expect(lines).toHaveLength(96);
  expect(await seriousFindings(page)).toEqual([]);
  server.history = false;
  await pick('1 h');
  await page.waitForSelector('#trend .chart-wait:has-text("No history is kept here")');
  await pick('Live');
  await page.waitForFunction(() => !location.search.includes('trend'));
  await close();
});

test('13: tiles say what changed on yesterday and last week, and that there is no yesterday yet', async () => {
  const { page, server, close } = await visit({ world: TROUBLE });
  await page.waitForSelector('.tile-change:has-text("on last week")');
  expect(await page.$$eval('.tile-change', (tiles) => tiles.map((tile) => tile.textContent))).toEqual([
    expect.stringMatching(/^([+−][\d,]+.% on|as) yesterday([+−][\d,]+.% on|as) last week$/),
    expect.stringMatching(/^([+−][\d,]+.% on|as) yesterday([+−][\d,]+.% on|as) last week$/),
    expect.stringMatching(/^([+−][\d,]+ on|as) yesterday([+−][\d,]+ on|as) last week$/),
    expect.stringMatching(/^([+−][\d.]+.pt on|as) yesterday([+−][\d.]+.pt on|as) last week$/),
  ]);
  await page.click('.verdict-figures .figure >> nth=0');
  await page.waitForSelector('.why-lines:has-text("a day before")');
  expect(await page.textContent('.why-lines')).toMatch(/Compared[\d,]+ queries from \d+ \w+, \d\d:\d\d to \d+ \w+, \d\d:\d\d; a day before [\d,]+, a week before [\d,]+/);
  await page.keyboard.press('Escape');
  await page.click('.verdict-figures .figure >> nth=2');
  await page.waitForSelector('.why-lines:has-text("wait now")');
  expect(await page.textContent('.why-lines')).toMatch(/Compared4 wait now; at \d+ \w+, \d\d:00 [\d,]+, at \d+ \w+, \d\d:00 [\d,]+/);
  server.world.historyMs = 3 * 3_600_000;
  await page.reload();
  await page.waitForSelector('.tile-change:has-text("no yesterday yet")');
  expect(await page.textContent('.verdict-figures')).not.toContain('last week');
  server.history = false;
  await page.reload();
  await page.waitForSelector('#agents');
  await page.waitForFunction(() => document.querySelector('.tile-change') === null);
  await close();
});

test('13: a tile says nothing of before where there is no row to compare by', async () => {
  const { page, close } = await visit({
    world: TROUBLE,
    prepare: ({ world }) => {
      const history = world.history.bind(world);
      world.history = (table, query) => (table === 'approval_history' ? [] : history(table, query));
    },
  });
  await page.waitForSelector('.tile-change:has-text("on last week")');
  expect(await page.$$eval('.tile-change', (tiles) => tiles.map((tile) => tile.textContent?.trim() !== ''))).toEqual([true, true, false, true]);
  await close();
});

test.each([
  ['approvals', '[aria-label="Approvals over hours and days"]', 'requested'],
  ['feedback', '[aria-label="Training quality over hours and days"]', 'unsafe'],
])('10: %s go back as far, from a button of their panel', async (name, button, line) => {
  const { page, server, close } = await visit({ world: TROUBLE });
  server.world.filling = ['2026-11-03', '2026-11-02', '2026-11-01'];
  await page.click(button);
  for (const [, label, last] of RANGES.slice(-2)) {
    await choose(page, label, last);
    expect(await page.textContent('.drawer .chart-legend')).toContain(line);
  }
  expect(await page.textContent('.drawer .chart-filling')).toBe('reading 3 Nov, 3 days to go');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('.drawer [aria-label="Chart as CSV"]')]);
  expect(file.suggestedFilename()).toMatch(new RegExp(`^agentpulse_history_${name}_90d_`));
  expect(readFileSync((await file.path()) as string, 'utf8').trim().split('\r\n')).toHaveLength(91);
  const [png] = await Promise.all([page.waitForEvent('download'), page.click('.drawer [aria-label="Chart as PNG"] >> nth=1')]);
  expect(png.suggestedFilename()).toMatch(new RegExp(`^agentpulse_history_${name}_.*\\.png$`));
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.drawer', { state: 'detached' });
  expect(await page.evaluate((label) => document.activeElement?.matches(label), button)).toBe(true);
  await close();
});

test('a range that nobody looks at is not read', async () => {
  const { page, server, close } = await visit({ world: TROUBLE, path: '/?agent=invoices&range=1h' });
  await page.waitForSelector('.drawer .time-chart');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.drawer', { state: 'detached' });
  await page.waitForTimeout(300);
  const before = server.historyRequests;
  await page.clock.install();
  await page.waitForTimeout(300);
  await page.clock.fastForward(90_000);
  expect(server.historyRequests).toBe(before);
  await close();
});

test('15: a note on an incident stands on the charts of its agent, with who and when', async () => {
  const { page, server, close } = await visit({ world: TROUBLE });
  const alert = (server.world.rows('alert') as { alert_id: string; subject: string }[]).find(({ subject }) => subject === 'invoices');
  server.world.note(alert?.alert_id ?? '', 'restarted it, the cache was cold', 'ada', 120);
  await page.goto(`${server.url}/?agent=invoices&range=1h`);
  await page.waitForSelector('.drawer .note-list:has-text("restarted it")');
  expect(await page.textContent('.drawer .note-head')).toMatch(/^ada \d+ \w+, \d\d:\d\d$/);
  await page.waitForSelector('.drawer .chart-legend:has-text("note")');
  await page.focus(DRAWER);
  const told = () => page.getAttribute(DRAWER, 'aria-valuetext');
  for (let step = 0; step < 5 && !(await told())?.includes('ada: “restarted it'); step += 1) {
    await page.keyboard.press('ArrowLeft');
    await page.waitForTimeout(60);
  }
  expect(await told()).toContain('ada: “restarted it');
  expect(await page.textContent('.incident-note')).toContain('restarted it');
  await close();
});

test('15: spans and notes of days ago are on the charts, however many slow queries came since', async () => {
  const { page, server, close } = await visit({ world: { agents: 6 }, tick: 0 });
  const ago = (hours: number) => new Date(server.world.now() - hours * 3_600_000).toISOString();
  const past = { rule: 'agent_degraded', subject: 'claims', status: 'resolved', opened_at: ago(72), resolved_at: ago(60) } as const;
  server.world.alert(past);
  server.world.note(`agent_degraded:claims:${past.opened_at}`, 'the vendor was down', 'ada', 61 * 3_600);
  for (let each = 0; each < 400; each += 1) {
    const at = ago(1 + each / 100);
    server.world.alert({ rule: 'slow_query', subject: String(each), status: 'resolved', details: { agent: 'faq' }, opened_at: at, resolved_at: at });
  }
  for (const [path, region, legend] of [['/?agent=claims&range=7d', '.drawer', 'degraded'], ['/?trend=7d', '#trend', 'an agent degraded']] as const) {
    await page.goto(server.url + path);
    await page.waitForSelector(`${region} .chart-legend:has-text("${legend}")`);
    await page.waitForSelector(`${region} .chart-legend:has-text("note")`);
    // Twelve hours of a week.
    await page.waitForSelector(`${region} canvas`);
    await vi.waitFor(async () => expect(await edgesOf(page, `${region} canvas >> nth=0`)).toBeGreaterThan(20), { timeout: 60_000 });
  }
  await page.goto(`${server.url}/?agent=faq&range=7d`);
  await page.waitForSelector('.drawer .time-chart');
  await page.waitForTimeout(500);
  expect(await edgesOf(page, '.drawer canvas >> nth=0')).toBe(0);
  await close();
});

test('15: the incidents and notes of each chart are those that belong to it', async () => {
  // High enough for both charts of all agents.
  const { page, server, close } = await visit({ world: { agents: 6 }, tick: 0, viewport: { width: 1280, height: 1100 } });
  const ago = (hours: number) => new Date(server.world.now() - hours * 3_600_000).toISOString();
  const opened_at = ago(72);
  for (const [rule, subject] of [['volume_anomaly', 'claims'], ['approval_sla_breach', '9001'], ['quality_drop', 'claims']] as const) {
    server.world.alert({ rule, subject, status: 'resolved', opened_at, resolved_at: ago(60) });
    server.world.note(`${rule}:${subject}:${opened_at}`, `about ${rule}`, 'ada', 61 * 3_600);
  }
  const edges = (region: string, chart: number) => edgesOf(page, `${region} .chart-block:nth-child(${chart}) canvas`);
  for (const [path, region, charts, word] of [
    ['/?agent=claims&range=7d', '.drawer', [0, 1], 'unusually many or few'],
    ['/?trend=7d', '#trend', [0, 1], 'an agent with unusually many or few'],
    ['/?history=approvals&range=7d', '.drawer', [1, 1, 1], 'an approval over SLA'],
    ['/?history=feedback&range=7d', '.drawer', [0, 1, 1], 'an agent’s ratings unusual'],
  ] as const) {
    await page.goto(server.url + path);
    for (const [index, marked] of charts.entries()) {
      const chart = index + 1;
      await page.waitForSelector(`${region} .chart-block:nth-child(${chart}) canvas`);
      if (marked) {
        await page.waitForSelector(`${region} .chart-block:nth-child(${chart}) .chart-legend:has-text("${word}"):has-text("note")`);
        // Twelve hours of a week.
        await vi.waitFor(async () => expect(await edges(region, chart)).toBeGreaterThan(20), { timeout: 60_000 });
      } else {
        expect(await page.textContent(`${region} .chart-block:nth-child(${chart}) .chart-legend`)).not.toContain(word);
        expect(await edges(region, chart)).toBe(0);
      }
    }
  }
  // Whose cursor is in an incident is told so, and by whom a note is.
  await page.goto(`${server.url}/?history=approvals&range=7d`);
  await page.waitForSelector('.drawer .chart-legend:has-text("note")');
  await page.focus(DRAWER);
  await page.keyboard.press('End');
  const told = () => page.getAttribute(DRAWER, 'aria-valuetext');
  expect(await told()).not.toContain('an approval over SLA');
  for (let step = 0; step < 66 && !(await told())?.includes('ada on approval 9001'); step += 1) {
    await page.keyboard.press('ArrowLeft');
    await page.waitForTimeout(30);
  }
  expect(await told()).toMatch(/requested \d+ .* {3}an approval over SLA {3}ada on approval 9001: “about approval_sla_breach”$/);
  expect(await seriousFindings(page)).toEqual([]);
  await close();
});

test('10: what is usual is a band behind the queries of an agent, of the hour that was judged', async () => {
  const { page, server, close } = await visit({ world: TROUBLE, path: '/?agent=invoices&range=1h' });
  const volume = '.drawer .chart-block:nth-child(2)';
  const told = (pattern: string) => page.waitForFunction(([chart, text]) => new RegExp(text as string).test(document.querySelector(`${chart} [role=slider]`)?.getAttribute('aria-valuetext') ?? ''), [volume, pattern]);
  for (const label of ['1 h', '24 h']) {
    await page.click(`.drawer .chart-ranges button:text-is("${label}")`);
    await page.waitForSelector(`${volume} .chart-legend:has-text("usual, last hour")`);
    await vi.waitFor(async () => expect(await bandOf(page, `${volume} canvas`)).toBeGreaterThan(60), { timeout: 60_000 });
    await page.focus(`${volume} [role=slider]`);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await told('queries [\\d.,]+ .*usual [\\d.,]+ to [\\d.,]+');
  }
  // A day ago it was another one, which nobody kept.
  await page.keyboard.press('Home');
  await told('queries [\\d.,]+(?!.*usual)');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('.drawer [aria-label="Chart as CSV"]')]);
  expect(readFileSync((await file.path()) as string, 'utf8').split('\r\n')[0]).toMatch(/,queries,.*"usual, least","usual, most"$/);
  expect(await seriousFindings(page)).toEqual([]);
  // Of a bucket of an hour there would be a point.
  await choose(page, '7 d', '167');
  expect(await page.textContent(`${volume} .chart-legend`)).not.toContain('usual,');
  await page.click('.drawer .chart-ranges button:text-is("Live")');
  await page.waitForSelector('.drawer .chart-head .chart-legend:has-text("usual")');
  const [live] = await Promise.all([page.waitForEvent('download'), page.click('.drawer .chart-head:has-text("Queries a minute") [aria-label="Chart as CSV"]')]);
  expect(readFileSync((await live.path()) as string, 'utf8')).toMatch(/time,queries_last_minute,usual_least,usual_most\r\n.*,\d+,[\d.]+,[\d.]+\r\n/);
  // Before a week is known there is none.
  server.world.stored.set('agent_trend', (server.world.stored.get('agent_trend') as object[]).map((row) => ({ ...row, expected_5m: null, low_5m: null, high_5m: null, expected_1h: null, low_1h: null, high_1h: null })));
  await page.goto(`${server.url}/?agent=invoices&range=1h`);
  await page.waitForSelector(`${volume} canvas`);
  await page.waitForTimeout(500);
  expect(await page.textContent(`${volume} .chart-legend`)).not.toContain('usual');
  expect(await bandOf(page, `${volume} canvas`)).toBeLessThan(60);
  await close();
});

test.each([
  ['1280', { width: 1280, height: 720 }],
  ['360', { width: 360, height: 740 }],
])('4: what comes to a chart later moves nothing around it, %s wide', async (_, viewport) => {
  let answer = () => {};
  const late = new Promise<void>((done) => (answer = done));
  const { page, server, close } = await visit({
    world: TROUBLE,
    viewport,
    path: '/?agent=invoices&range=1h',
    prepare: async (_, page) => {
      await page.route(/\/rest\/v1\/(agent_trend|incident_note)\?/, async (route) => {
        await late;
        await route.continue();
      });
    },
  });
  await page.waitForSelector('.drawer .chart-block:nth-child(2) canvas');
  const places = () => page.$$eval('.drawer .chart-block, .drawer .time-chart, .drawer .chart-head', (all) => all.map((each) => each.getBoundingClientRect()).map(({ y, height }) => [y, height]));
  const before = await places();
  const canvas = await page.$('.drawer .chart-block:nth-child(2) canvas');
  const opened_at = new Date(server.world.now() - 1_200_000).toISOString();
  server.world.alert({ rule: 'volume_anomaly', subject: 'invoices', severity: 'info', opened_at });
  server.world.note(`volume_anomaly:invoices:${opened_at}`, 'a campaign', 'ada', 600);
  answer();
  await page.waitForSelector('.drawer .chart-block:nth-child(2) .chart-legend:has-text("usual, last hour"):has-text("unusually many or few"):has-text("note")');
  expect(await places()).toEqual(before);
  expect(await canvas?.evaluate((each) => each.isConnected)).toBe(true);
  await close();
});

test('10: at a day the charts of approvals go on into the next one, with its band', async () => {
  const { page, server, close } = await visit({ world: TROUBLE, path: '/?history=approvals' });
  await page.waitForSelector('.drawer .chart-legend:has-text("8 of 10 times in here"):has-text("a week before")');
  expect(await page.textContent('.drawer')).toContain('Requested an hour, and the next day');
  await choose(page, '7 d', '167');
  await page.waitForSelector('.drawer .chart-legend:has-text("8 of 10 times in here")', { state: 'detached' });
  server.world.stored.delete('approval_forecast');
  await page.goto(`${server.url}/?history=approvals`);
  await page.waitForSelector('.drawer .time-chart');
  await page.waitForTimeout(300);
  expect(await page.textContent('.drawer')).not.toContain('next day');
  await close();
});

test('16: a copied link shows the same range later, says so, and hands no token on', async () => {
  const { page, server, close } = await visit({ world: TROUBLE, path: '/?agent=invoices&range=24h#token=secret', permissions: ['clipboard-read', 'clipboard-write'] });
  const values = () => page.getAttribute('.drawer [role=slider] >> nth=1', 'aria-valuemax');
  await page.waitForSelector('.drawer .time-chart');
  await page.click('[aria-label="Copy link"]');
  await page.waitForSelector('.notice:has-text("The link is copied")');
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(link.hash).toBe('');
  expect(link.searchParams.get('range')).toBeNull();
  const [from, to] = ['from', 'to'].map((name) => Date.parse(link.searchParams.get(name) ?? '')) as [number, number];
  expect(to - from).toBeGreaterThan(23.7 * 3_600_000);
  expect(to - from).toBeLessThanOrEqual(24 * 3_600_000);
  // Two days go by.
  server.world.skip(2 * 86_400);
  await page.goto(link.href);
  await page.waitForSelector('.drawer .chart-fixed:has-text("Fixed range")');
  expect(await values()).toBe('95');
  expect(await page.$$('.drawer .chart-ranges [aria-pressed=true]')).toEqual([]);
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('.drawer [aria-label="Chart as CSV"]')]);
  expect(file.suggestedFilename()).toMatch(/^agentpulse_history_invoices_fixed_/);
  const lines = readFileSync((await file.path()) as string, 'utf8').trim().split('\r\n');
  expect(Date.parse((lines[1] as string).split(',')[0] as string)).toBe(from);
  // The charts of all agents stand at it, too.
  await page.waitForSelector('#trend .chart-fixed');
  expect(await seriousFindings(page)).toEqual([]);
  await page.click('.drawer .chart-fixed .button:has-text("Back to live")');
  await page.waitForSelector('.chart-fixed', { state: 'detached' });
  await page.waitForFunction(() => !/from|to=/.test(location.search));
  await page.waitForSelector('.drawer .chart-ranges [aria-pressed=true]:has-text("Live")');
  await close();
});

test('13: c and a switch show yesterday and last week on charts or leave them out; the address keeps it', async () => {
  const { page, close } = await visit({ world: TROUBLE, path: '/?agent=invoices&range=24h&trend=24h' });
  const stand = (shown: boolean) => page.waitForFunction((want) => {
    const all = [...document.querySelectorAll('.chart-block:first-child .chart-legend')];
    return all.length === 2 && all.every((each) => /week before/.test(each.textContent ?? '') === want);
  }, shown);
  await stand(true);
  await page.keyboard.press('c');
  await stand(false);
  await page.waitForFunction(() => location.search.includes('compare=off'));
  await page.reload();
  await page.waitForSelector('.drawer .time-chart');
  await stand(false);
  await page.waitForSelector('.drawer .chart-legend:has-text("usual, last hour")');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('.drawer [aria-label="Chart as CSV"]')]);
  expect(readFileSync((await file.path()) as string, 'utf8').split('\r\n')[0]).toBe('\ufeffbucket_start,p99,p95,p50,queries,"usual, least","usual, most"');
  await page.click('.drawer [aria-label="Compare with the time before"][aria-pressed=false]');
  await stand(true);
  await page.waitForFunction(() => !location.search.includes('compare'));
  await page.keyboard.press('?');
  await page.waitForSelector('.modal .keys:has-text("yesterday and last week")');
  await close();
});

test('10: the panel of an agent says what is expected, and at a day shows the next one with its band', async () => {
  const { page, server, close } = await visit({ world: TROUBLE, path: '/?agent=invoices&range=24h' });
  await page.waitForSelector('.drawer .figure:has-text("Queries, 5 m"):has-text("expected")');
  expect(await page.textContent('.drawer .figure:has-text("Queries, 5 m")')).toMatch(/^Queries, 5 m[\d,]+expected [\d,]+$/);
  expect(await page.getAttribute('.drawer .figure-note [title]', 'title')).toMatch(/usual is [\d,]+ to [\d,]+$/);
  await page.waitForSelector('.drawer .chart-legend:has-text("8 of 10 times in here")');
  expect(await page.textContent('.drawer')).toContain('and the next day');
  expect(await seriousFindings(page)).toEqual([]);
  await choose(page, '7 d', '167');
  await page.waitForSelector('.drawer .chart-legend:has-text("8 of 10 times in here")', { state: 'detached' });
  // Before a week is known, and where nothing looks ahead.
  server.world.stored.delete('agent_trend');
  server.world.stored.delete('agent_forecast');
  await page.goto(`${server.url}/?agent=invoices&range=24h`);
  await page.waitForSelector('.drawer .time-chart');
  await page.waitForTimeout(300);
  expect(await page.textContent('.drawer')).not.toMatch(/expected|next day/);
  await close();
});
