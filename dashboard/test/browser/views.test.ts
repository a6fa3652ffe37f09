import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { holdBack } from '../fake/outlook';
import { browserVisits, seriousFindings } from '../visits';

const visit = browserVisits();
const TROUBLE = { agents: 12, degraded: 2, warning: 1, idle: 1, pending: [1_012, 431, 250, 20], unsafe: 1 };

test('capacity: least room first, a forecast that goes on from the last day, and what approvals need', async () => {
  const { page, close } = await visit({ world: TROUBLE });
  await page.click('.wide-views a:text-is("Capacity")');
  await page.waitForSelector('#forecast .time-chart');
  await page.waitForFunction(() => location.search.includes('view=capacity'));
  expect(await page.$('#agents')).toBeNull();
  expect(await page.textContent('#capacity tbody tr >> nth=0')).toMatch(/−?8|-8/);
  expect(await page.textContent('#capacity')).toMatch(/rising \+34/);
  expect(await page.textContent('#forecast .chart-head')).toContain('the same hours of the last two weeks');
  expect(await page.textContent('#approval-forecast')).toMatch(/Clear in38.m.*Late in 15 m3.*Approvers4needed/);
  // What is expected of all agents adds up; how far it may be off does not.
  expect(await page.textContent('#all-forecast .chart-head')).toContain('the sum of the agents’ forecasts');
  expect(await page.textContent('#all-forecast .chart-legend')).toContain('no band');
  // The last day is read by itself; until it is there, the chart has only what is expected.
  await page.waitForSelector('#forecast .chart-legend:has-text("so far")');
  await page.focus('#forecast [role=slider] >> nth=0');
  await page.keyboard.press('End');
  await page.waitForFunction(() => /expected [\d.]+ · 8 of 10 times [\d.]+ to [\d.]+/.test(document.querySelector('#forecast [role=slider]')?.getAttribute('aria-valuetext') ?? ''));
  // The table has what the chart has: the band, and the next hours as well as the last ones.
  await page.click('#forecast .chart-table summary >> nth=0');
  await page.waitForSelector('#forecast .chart-table tbody tr');
  expect(await page.$$eval('#forecast .chart-table thead >> nth=0 >> th', (heads) => heads.map((head) => head.textContent))).toEqual(['Time', 'so far', 'expected', 'a day before', 'a week before', '8 of 10 times, from', 'to']);
  expect(await page.$$eval('#forecast .chart-table tbody >> nth=0 >> tr', (rows) => rows.length)).toBeGreaterThan(180);
  await page.click('#forecast .chart-table summary >> nth=0');
  const other = (await page.textContent('#capacity tbody tr >> nth=3 >> .agent-name')) as string;
  await page.click('#capacity tbody tr >> nth=3 >> .agent-name');
  await page.waitForSelector(`#forecast h2:text-is("${other}")`);
  await page.waitForSelector('#forecast .chart-legend:has-text("so far")');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('#forecast [aria-label="Chart as CSV"] >> nth=0')]);
  expect(readFileSync((await file.path()) as string, 'utf8')).toMatch(/time,so far,expected,a day before,a week before,low,high/);
  expect(await seriousFindings(page)).toEqual([]);
  await page.goBack();
  await page.waitForSelector('#agents');
  await close();
});

test('10 and 13: the charts of capacity go back from an hour to 90 days, beside the spans before; the address keeps it', async () => {
  const { page, server, close } = await visit({ world: TROUBLE, path: '/?view=capacity' });
  server.world.historyMs = 200 * 86_400_000;
  const legend = (panel: string) => `${panel} .chart-legend >> nth=0`;
  for (const [range, label, before, words] of [
    ['1h', '1 h', 'a week before', 'the last hour and the next'],
    ['7d', '7 d', 'a week before', 'the last week and the next day'],
    ['30d', '30 d', 'four weeks before', 'the last 30 days and the next day'],
    ['90d', '90 d', '13 weeks before', 'the last 90 days and the next day'],
    ['24h', '24 h', 'a day before', 'the last day and the next'],
  ] as const) {
    await page.click(`.view-ranges button:text-is("${label}")`);
    await page.waitForFunction((want) => location.search.includes(want), `past=${range}`);
    await page.waitForSelector(`#forecast .panel-note:text-is("${words}")`);
    for (const panel of ['#forecast', '#all-forecast', '#approval-forecast']) {
      await page.waitForFunction(([want, of]) => {
        const chart = document.querySelector(`${of} .chart-block`);
        return chart?.querySelector('.chart-legend')?.textContent?.includes(want as string) && new RegExp(`so far .* ${want} `).test(chart.querySelector('[role=slider]')?.getAttribute('aria-valuetext') ?? '');
      }, [before, panel]);
      if (range === '90d') {
        expect(await page.textContent(legend(panel))).toContain('the mean of the next day');
      }
    }
  }
  // Two charts of the agent, and the rows of both lines.
  expect(await page.textContent('#forecast .chart-legend >> nth=1')).toMatch(/so far.*expected.*a day before.*a week before.*capacity/);
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('c');
  await page.waitForSelector(`#forecast .chart-legend:has-text("a week before")`, { state: 'detached' });
  await page.click('.view-ranges [aria-label="Compare with the time before"][aria-pressed=false]');
  await page.waitForSelector('#forecast .chart-legend:has-text("a week before")');
  await page.click('.view-ranges button:text-is("7 d")');
  await page.waitForSelector('#forecast .panel-note:text-is("the last week and the next day")');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('#all-forecast [aria-label="Chart as CSV"]')]);
  expect(file.suggestedFilename()).toMatch(/^agentpulse_forecast_all-agents_.*_7d_/);
  await page.reload();
  await page.waitForSelector('.view-ranges [aria-pressed=true]:text-is("7 d")');
  await page.goto(`${server.url}/?view=capacity&past=never`);
  await page.waitForSelector('.view-ranges [aria-pressed=true]:text-is("24 h")');
  await close();
});

test('4: another range of capacity, and history that comes later, move no panel', async () => {
  let answer = () => {};
  let late = Promise.resolve();
  const { page, close } = await visit({
    world: TROUBLE,
    path: '/?view=capacity',
    viewport: { width: 1280, height: 900 },
    prepare: async (_, page) => {
      await page.route(/\/rest\/v1\/(agent_performance|all_agents|approval)_history\?/, async (route) => {
        await late;
        await route.continue();
      });
    },
  });
  await page.waitForSelector('#approval-forecast .chart-legend:has-text("a week before")');
  await page.waitForSelector('#forecast .chart-legend >> nth=1');
  const places = () => page.$$eval('.view-grid .panel', (all) => all.map((each) => each.getBoundingClientRect()).map(({ y, height }) => [y, height]));
  late = new Promise((done) => (answer = done));
  await page.click('.view-ranges button:text-is("1 h")');
  await page.waitForSelector('#forecast .panel-note:text-is("the last hour and the next")');
  const before = await places();
  expect(await page.getAttribute('#forecast [role=slider] >> nth=0', 'aria-valuetext')).not.toContain('so far');
  answer();
  await page.waitForFunction(() => ['#forecast', '#all-forecast', '#approval-forecast'].every((panel) => document.querySelector(`${panel} [role=slider]`)?.getAttribute('aria-valuetext')?.includes('so far')));
  expect(await places()).toEqual(before);
  await close();
});

test('capacity: what takes too long is said to be missing, and all else is there', async () => {
  const { page, server, close } = await visit({ world: TROUBLE, path: '/?view=capacity', prepare: (of) => void (of.tooSlow = new Set(['agent_headroom', 'agent_forecast'])) });
  await page.waitForSelector('#capacity tbody tr');
  expect(await page.getAttribute('#capacity tbody tr td .muted >> nth=0', 'title')).toMatch(/could not be read/);
  expect(await page.textContent('#capacity')).toMatch(/rising \+34/);
  await page.waitForSelector('#forecast .chart-wait:has-text("The forecast cannot be read now")');
  await page.waitForSelector('#approval-forecast .figure-label:text-is("Clear in")');
  // It reads a great deal of history, so it is not asked with everything else.
  expect(server.asked.get('agent_headroom')).toBe(1);
  await close();
});

test('quality and data: scores with their interval, checks by day, what was proven, how long all is kept', async () => {
  const { page, server, close } = await visit({ world: TROUBLE, path: '/?view=quality' });
  await page.waitForSelector('.interval');
  expect(await page.getAttribute('.interval >> nth=0', 'aria-label')).toMatch(/^Nine of ten times between [\d.]+ and [\d.]+$/);
  // Whoever agrees least comes first; of whom there are too few pairs, last.
  await page.waitForSelector('#agreement tbody tr');
  expect(await page.$$eval('#agreement tbody tr', (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent).join(' ')))).toEqual([
    expect.stringMatching(/^jonas 208 82.% 0.52 moderate$/),
    expect.stringMatching(/^mira 412 94.% 0.81 good$/),
    expect.stringMatching(/^tomas 9 67.% 0.11 few pairs$/),
    expect.stringMatching(/^ada 96 100.% N\/A always the same$/),
  ]);
  expect(await seriousFindings(page)).toEqual([]);
  await page.click('.wide-views a:text-is("Data")');
  await page.waitForSelector('.proof-line.is-good');
  expect(await page.textContent('.proof-line')).toMatch(/6,000 figures proven in 24 h, 0 unequal, 4 could not be told, last \d+ \w+, \d\d:\d\d:\d\d/);
  // Of what the audit did in a day one row is read, and of its results only what is wrong.
  expect(server.asked.get('audit_result')).toBeUndefined();
  await page.waitForSelector('#data-quality .check');
  await page.waitForSelector('.score-row li');
  expect(await page.$$eval('.score-row li', (scores) => scores.map((score) => score.textContent))).toEqual([
    'accuracy1002 checked', 'completeness1006 checked', 'consistency888 checked', 'freshness1003 checked', 'schema1003 checked', 'uniqueness923 checked', 'validity672 of 6 failed',
  ]);
  expect(await page.getAttribute('.check .check-days >> nth=0', 'aria-label')).toContain('failed');
  expect(await page.textContent('#retention tr:has-text("agent_performance_history 15m")')).toMatch(/30.d\d+ \w+, \d\d:\d\d4,2330/);
  expect(await seriousFindings(page)).toEqual([]);
  await page.goto(page.url().replace('view=data', ''));
  await page.click('.verdict-figures .figure >> nth=1');
  await page.waitForSelector('.why-lines:has-text("6,000 figures proven in 24 h, 0 unequal")');
  await close();
});

test('data: rows that retention keeps too long are named, with why and what to do', async () => {
  const { page, server, close } = await visit({ world: TROUBLE, path: '/?view=data' });
  await page.waitForSelector('#retention tbody tr');
  expect(await page.$('.held-list')).toBeNull();
  holdBack(server.world.stored, server.world.now());
  await page.reload();
  await page.waitForSelector('.held-list');
  expect(await page.textContent('#retention .proof-line')).toContain('One table keeps rows that are old enough to go.');
  expect(await page.textContent('.held-list')).toMatch(/agent_performance_history 1m: 3 longer buckets are missing.*put right what differs/);
  await page.click('.held-list summary');
  expect(await page.textContent('.held-list pre')).toContain("WHERE agent = 'billing'");
  expect(await page.getAttribute('#retention tr:has-text("agent_performance_history 1m") .tone-warn .icon', 'aria-label')).toBe('Older than it is to be kept');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('[aria-label="Retention as CSV"]')]);
  expect(readFileSync((await file.path()) as string, 'utf8')).toMatch(/last_run_at,held\r\n.*3 longer buckets/s);
  expect(await seriousFindings(page)).toEqual([]);
  await close();
});

test('25: a figure says when it was last proven, at which log position, with what; and when it was not yet', async () => {
  const { page, server, close } = await visit({ world: TROUBLE });
  const why = async (agent: string) => {
    await page.goto(`${server.url}/?agent=${agent}`);
    await page.click('.drawer .cell-figure >> nth=3');
    await page.waitForSelector('.why-proof .proof-verdict:not(:has-text("Being read"))');
  };
  await why('billing');
  expect(await page.textContent('.why-proof .proof-verdict')).toContain('It was equal to plain SQL over the source table.');
  expect(await page.textContent('.why-proof .why-lines')).toMatch(/When\d+ \w+, \d\d:\d\d:\d\dFigures36, all windows of billingResults as of\d+ \w+, \d\d:\d\d:\d\dLog position0\/1A2B3C4DTook14.ms/);
  await page.click('.why-proof summary:has-text("What it is compared with")');
  expect(await page.textContent('.why-proof pre')).toContain("AS proof\nWHERE agent = 'billing' AND window_name = '1m';");
  expect(await seriousFindings(page)).toEqual([]);
  const [last] = server.world.agents.slice(-1) as [string];
  await why(last);
  expect(await page.textContent('.why-proof .proof-verdict')).toContain('This figure was not audited yet.');
  const proofs = server.world.stored.get('audit_proof') as { subject: string; equal: boolean; first_difference: unknown }[];
  Object.assign(proofs.find(({ subject }) => subject === 'billing') as object, { equal: false, first_difference: { is: { query_count: 9 }, should_be: { query_count: 8 }, rows: 1 } });
  await why('billing');
  await page.waitForSelector('.proof-verdict.is-bad:has-text("not what plain SQL says")');
  expect(await page.textContent('.why-proof pre >> nth=0')).toContain('"query_count": 8');
  await page.goto(server.url);
  await page.click('.verdict-figures .figure >> nth=2');
  await page.waitForSelector('.proof-verdict.is-good:has-text("equal to plain SQL")');
  await page.keyboard.press('Escape');
  server.world.stored.set('audit_proof', proofs.map((proof) => ({ ...proof, equal: true })));
  await page.click('.verdict-figures .figure >> nth=0');
  await page.waitForSelector('.proof-verdict:has-text("11 of the 12 agents that it sums up were equal to plain SQL, 1 not audited yet")');
  await close();
});

test('a view whose tables are not there is not offered; without any there is only the live page', async () => {
  const { page, server, close } = await visit({
    world: TROUBLE,
    prepare: ({ world }) => ['agent_trend', 'agent_headroom', 'agent_forecast', 'approval_forecast', 'agent_quality', 'annotator_agreement'].forEach((table) => world.stored.delete(table)),
  });
  await page.waitForSelector('.wide-views');
  expect(await page.$$eval('.wide-views a', (links) => links.map((link) => link.textContent))).toEqual(['Now', 'Data']);
  await page.goto(`${server.url}/?view=capacity`);
  await page.waitForSelector('.empty:has-text("No forecast is kept here")');
  // One question is enough to know which views there are.
  expect(server.asked.get('readable_table')).toBe(2);
  expect(server.asked.get('agent_quality')).toBeUndefined();
  server.world.stored.clear();
  await page.goto(server.url);
  await page.waitForSelector('#agents');
  await page.waitForTimeout(500);
  expect(await page.$('.views')).toBeNull();
  await close();
});
