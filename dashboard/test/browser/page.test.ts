import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { STATES, type State } from '../states';
import { browserVisits, edgesOf, seriousFindings, shot } from '../visits';
import type { Page, Request, WebSocket } from 'playwright-core';

const visit = browserVisits();
const TROUBLE = { agents: 12, degraded: 2, warning: 1, idle: 1, pending: [1_012, 431, 100, 20], unsafe: 1 };
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

async function saved(page: Page, press: string): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(press)]);
  return { name: file.suggestedFilename(), text: readFileSync((await file.path()) as string, 'utf8') };
}

test('1: verdict, incidents, queue and agents are all on the first screen', async () => {
  const { page, close } = await visit({ world: TROUBLE });
  expect((await page.textContent('h1'))?.replaceAll(/\s+/g, ' ').trim()).toBe('1 unsafe answer 2 agents degraded 2 approvals over SLA 1 agent slow');
  for (const region of ['#verdict', '#incidents', '#queue', '#agents']) {
    const box = await page.locator(region).boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect((box?.y ?? 0) + (box?.height ?? 9_999)).toBeLessThanOrEqual(720);
  }
  await close();
});

test('10: one click or Enter opens an agent with its windows, chart, incidents and queries; Esc gives the focus back', async () => {
  const { page, close } = await visit({ world: TROUBLE });
  const began = Date.now();
  await page.click('.agent[data-agent=invoices] td >> nth=0');
  await page.waitForSelector('.drawer .windows-table tbody tr >> nth=3');
  console.log(`open after ${Date.now() - began} ms`);
  expect(await page.textContent('.drawer')).toMatch(/n = \d+ reviewed/);
  await page.waitForSelector('.drawer .time-chart');
  // 15: the incident that is open shades the chart of its agent, and of no other.
  await page.waitForSelector('.drawer canvas');
  await vi.waitFor(async () => expect(await edgesOf(page, '.drawer canvas >> nth=0')).toBeGreaterThan(100), { timeout: 60_000 });
  await page.keyboard.press('Escape');
  await page.waitForSelector('.drawer', { state: 'detached' });
  expect(await page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-agent]')?.dataset.agent)).toBe('invoices');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.drawer');
  await page.keyboard.press(']');
  await page.waitForFunction(() => !location.search.includes('agent=invoices'));
  await close();
});

test('11: the queue counts down, turns over, and links to the user’s own tool', async () => {
  const { page, server, close } = await visit({ world: { agents: 3, pending: [242, 241, 20] } });
  expect(await page.$$eval('.queue-row', (rows) => rows.map((row) => row.className))).toEqual(['queue-row is-risk', 'queue-row is-risk', 'queue-row is-waiting']);
  server.world.skip(60);
  await page.waitForSelector('.queue-row.is-over');
  expect(await page.textContent('.queue-row >> nth=0')).toMatch(/\+\d:\d\d over/);
  expect(await page.getAttribute('.queue-row .mark svg >> nth=0', 'aria-label')).toBe('Over the agreed time');
  expect(await page.getAttribute('a.queue-name >> nth=0', 'href')).toMatch(/^\/tool\/c-\d+$/);
  server.world.decide(88_001);
  await page.waitForFunction(() => document.querySelectorAll('.queue-row').length === 2);
  await close();
});

describe('12: incidents', () => {
  test('by keyboard: j and k, a, undo within ten seconds, s with an end, n', async () => {
    const { page, server, close } = await visit({
      world: TROUBLE,
      // Notices stay while the test reads them, however slow the machine is.
      prepare: async (_, of) => {
        await of.addInitScript('{ const real = setTimeout; setTimeout = (run, millis, ...rest) => real(run, millis === 10_000 ? 600_000 : millis, ...rest); }');
      },
    });
    await page.keyboard.press('j');
    await page.waitForSelector('.incident[aria-current=true]');
    expect(await page.textContent('.incident >> nth=0')).toContain('2 approvals over SLA');
    const stepTo = async (key: string, place: number) => {
      await page.keyboard.press(key);
      await page.waitForSelector(`.incident:nth-child(${place})[aria-current=true]`);
      expect(await page.$$eval('.incident', (rows) => rows.findIndex((row) => row.contains(document.activeElement)))).toBe(place - 1);
    };
    await stepTo('j', 2);
    await stepTo('j', 3);
    await stepTo('k', 2);
    await stepTo('k', 1);
    // Above the first one there is none.
    await stepTo('k', 1);
    await page.keyboard.press('a');
    await page.waitForSelector('.notice');
    await page.mouse.move(2, 2);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.waitForSelector('.incident.is-taken');
    expect(server.acknowledged).toHaveLength(2);
    expect(await page.textContent('.incident.is-taken')).toContain('mira');
    await page.click('.notice .button');
    await page.waitForSelector('.incident.is-taken', { state: 'detached' });
    const before = await page.$$eval('.incident', (rows) => rows.length);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('s');
    expect(await page.textContent('.notice:has-text("Snoozed")')).toMatch(/Snoozed until \d\d:\d\d:\d\d, in this browser/);
    await page.waitForFunction((count) => document.querySelectorAll('.incident').length === count - 1, before);
    await page.click('.button:has-text("1 snoozed")');
    await page.waitForFunction((count) => document.querySelectorAll('.incident').length === count, before);
    await page.keyboard.press('j');
    await page.keyboard.press('n');
    await page.waitForSelector('.modal textarea');
    expect(await seriousFindings(page)).toEqual([]);
    await page.fill('textarea', 'restarted it');
    await page.click('.button.primary');
    await page.waitForSelector('.incident-note:has-text("restarted it")');
    expect(server.world.stored.get('incident_note')).toMatchObject([{ noted_by: 'mira', note: 'restarted it' }]);
    await page.click('.incident .button:has-text("Acknowledge") >> nth=0');
    // Both of its alerts: for a moment it may be shown as two, one of them taken.
    await page.waitForSelector('.incident.is-taken:has-text("approvals over SLA")');
    await page.click('.incident.is-taken .button:has-text("Release")');
    await page.waitForSelector('.incident.is-taken', { state: 'detached' });
    await close();
  });

  test('that somebody else took first says so', async () => {
    const { page, server, close } = await visit({ world: { agents: 3, degraded: 1 }, tick: 0 });
    await page.waitForSelector('.incident');
    server.world.acknowledge = () => undefined;
    await page.click('.incident .button:has-text("Acknowledge")');
    await page.waitForSelector('.notice');
    expect(await page.textContent('.notice')).toContain('no longer open');
    await close();
  });
});

test('16 and 17: the address is the state: agent, filter, order and zone come back from it', async () => {
  const { page, close } = await visit({ world: TROUBLE, path: '/?agent=faq&status=healthy&sort=latency.desc&tz=Asia%2FKolkata&quality=1h' });
  await page.waitForSelector('.drawer');
  expect(await page.textContent('.drawer h2')).toBe('faq');
  expect(await page.getAttribute('th:has-text("Latency")', 'aria-sort')).toBe('descending');
  expect(await page.$$('.agent.is-degraded')).toEqual([]);
  expect(await page.inputValue('.zone')).toBe('Asia/Kolkata');
  const shown = (await page.textContent('.feed-line time')) as string;
  const minutes = Number(shown.slice(3, 5));
  expect((minutes - new Date().getUTCMinutes() + 60) % 60).toBeGreaterThanOrEqual(28);
  await page.selectOption('.zone', 'UTC');
  await page.waitForFunction(() => location.search.includes('tz=UTC'));
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !location.search.includes('agent'));
  await close();
});

test('18: CSV as shown, with offsets and view in the name; PNG of a chart', async () => {
  const { page, close } = await visit({ world: TROUBLE, path: '/?tz=Asia%2FKolkata&status=degraded' });
  const agents = await saved(page, '[aria-label="Agents as CSV"]');
  expect(agents.name).toMatch(/^agentpulse_agents_5m_degraded_\d{4}.*\.csv$/);
  const lines = agents.text.trim().split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^\w+,degraded,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+05:30,/);
  expect((await saved(page, '[aria-label="Queue as CSV"]')).text).toContain('+05:30');
  const quality = await saved(page, '[aria-label="Training quality as CSV"]');
  expect(quality.name).toMatch(/^agentpulse_training-quality_24h_/);
  expect(quality.text).toContain('unsafe_rate_pct');
  expect((await saved(page, '[aria-label="Feed as CSV"]')).text).toContain('agent_queries_stream,new_query,');
  expect((await saved(page, '[aria-label="Pipeline as CSV"]')).text).toContain('agent_approvals');
  await page.waitForSelector('[aria-label="Chart as PNG"]');
  const png = await saved(page, '[aria-label="Chart as PNG"]');
  expect(png.name).toMatch(/^agentpulse_latency_all-agents_.*\.png$/);
  expect(png.text.slice(1, 4)).toBe('PNG');
  // In the panel of an agent there is always room for both charts.
  await page.click('.agent[data-agent=invoices] .agent-name');
  await page.waitForSelector('.drawer .time-chart >> nth=1');
  const queries = await saved(page, '.drawer .chart-head:has-text("Queries a minute") [aria-label="Chart as CSV"]');
  expect(queries.name).toMatch(/^agentpulse_queries_invoices_.*\.csv$/);
  expect(queries.text).toMatch(/^\ufefftime,queries_last_minute,usual_least,usual_most\r\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+05:30,\d+,[\d.]*,[\d.]*\r\n/);
  const queriesPng = await saved(page, '.drawer .chart-head:has-text("Queries a minute") [aria-label="Chart as PNG"]');
  expect(queriesPng.name).toMatch(/^agentpulse_queries_invoices_.*\.png$/);
  expect(queriesPng.text.slice(1, 4)).toBe('PNG');
  await close();
});

test('18: CSV of incidents, queue and windows hold what is shown, in its order, and say so in their names', async () => {
  const { page, server, close } = await visit({ world: { ...TROUBLE, pending: Array.from({ length: 120 }, (_, index) => 20 + index) } });
  const column = (text: string, index: number) => text.trim().split('\r\n').slice(1).map((line) => line.split(',')[index]);
  server.world.alert({ rule: 'slow_query', subject: 'long-ago', status: 'resolved', opened_at: '2026-01-01T00:00:00Z', resolved_at: '2026-01-01T00:00:00Z' });
  await page.reload();
  await page.waitForSelector('.queue-row >> nth=99');
  await page.mouse.move(2, 2);
  const queue = await saved(page, '[aria-label="Queue as CSV"]');
  expect(queue.name).toMatch(/^agentpulse_approval-queue_oldest-100_\d{4}/);
  expect(column(queue.text, 1)).toEqual(await page.$$eval('.queue-row .queue-name', (rows) => rows.map((row) => row.textContent?.trim())));

  // What is done later with an incident shows up under the pointer.
  await page.hover('.incident:has-text("Unsafe answer")');
  await page.click('.incident:has-text("Unsafe answer") .button:has-text("Snooze")');
  await page.waitForSelector('.button:has-text("1 snoozed")');
  const incidents = await saved(page, '[aria-label="Alerts as CSV"]');
  expect(incidents.name).toMatch(/^agentpulse_incidents_open-and-last-10m_without-1-snoozed_\d{4}/);
  const titles = await page.$$eval('.incident-title', (all) => all.map((each) => each.textContent?.trim()));
  expect([...new Set(column(incidents.text, 0))].slice(0, titles.length)).toEqual(titles);
  expect(incidents.text).not.toMatch(/long-ago|unsafe_response/);

  await page.click('.agent[data-agent=invoices] .agent-name');
  const windows = await saved(page, '.drawer [aria-label="Windows as CSV"]');
  expect(windows.name).toMatch(/^agentpulse_agent_invoices_1m-5m-15m-1h_\d{4}/);
  expect(column(windows.text, 1)).toEqual(['1m', '5m', '15m', '1h']);
  expect(windows.text).toContain('window_end,query_count,avg_latency_ms,p50_latency_ms');

  await page.goto(`${server.url}/?sort=latency.desc`);
  await page.fill('.search input', 'in');
  expect((await saved(page, '[aria-label="Agents as CSV"]')).name).toMatch(/^agentpulse_agents_5m_in_by-latency-desc_\d{4}/);
  await close();
});

describe('19: embedded and on a wall', () => {
  test('an embedded queue has no chrome, and its token stays in the fragment', async () => {
    const token = 'read-only-of-the-embedded-page';
    const requests: Request[] = [];
    const sockets: WebSocket[] = [];
    const { page, close } = await visit({
      world: TROUBLE,
      path: `/embed/queue#token=${token}`,
      waitFor: '.queue-row',
      viewport: { width: 420, height: 400 },
      prepare: (_, of) => {
        of.on('request', (request) => requests.push(request));
        of.on('websocket', (socket) => sockets.push(socket));
      },
    });
    expect(await page.$$('.top, #agents')).toEqual([]);
    await vi.waitFor(() => expect(sockets.length).toBeGreaterThan(0), { timeout: 60_000 });
    const reads = requests.filter((request) => new URL(request.url()).pathname.startsWith('/rest/'));
    expect(reads.length).toBeGreaterThan(0);
    expect(new Set(reads.map((request) => request.headers().authorization))).toEqual(new Set([`Bearer ${token}`]));
    // A browser sends no fragment: only what stands before it counts.
    const addresses = [...requests, ...sockets].map((each) => each.url().split('#')[0]);
    expect(addresses.filter((address) => address?.includes(token))).toEqual([]);
    // Nor is the address of the page handed on.
    expect(requests.filter((request) => request.headers().referer?.includes(token))).toEqual([]);
    expect(await seriousFindings(page)).toEqual([]);
    const policy = await page.evaluate(async () => (await fetch('/')).headers.get('content-security-policy'));
    expect(policy).toContain('frame-ancestors');
    await close();
  });

  test('22: in whatever is embedded axe finds nothing serious', async () => {
    const { page, server, close } = await visit({ world: TROUBLE, path: '/embed/agents', waitFor: '.agent', viewport: { width: 420, height: 400 } });
    expect(await seriousFindings(page)).toEqual([]);
    for (const [name, content] of [['incidents', '.incident'], ['quality', '.figure'], ['feed', '.feed-line'], ['pipeline', '.sources-table']] as const) {
      await page.goto(`${server.url}/embed/${name}`);
      await page.waitForSelector(`.embed ${content}`);
      expect(await seriousFindings(page), name).toEqual([]);
    }
    await close();
  });

  test('a wall has larger type, and agents that take turns', async () => {
    const { page, close } = await visit({ world: { agents: 3 }, path: '/?tv=1', viewport: { width: 1920, height: 1080 } });
    expect(await page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize))).toBeGreaterThan(16);
    const first = await page.textContent('.turn h2');
    await page.waitForFunction((before) => document.querySelector('.turn h2')?.textContent !== before, first);
    expect(await seriousFindings(page)).toEqual([]);
    await close();
  });
});

test('20: the tab says how things are; sound and notices are off', async () => {
  const { page, server, close } = await visit({ world: { agents: 3 } });
  const icon = () => page.getAttribute('link[rel=icon]', 'href');
  await page.waitForFunction(() => document.title === 'All 3 agents healthy · AgentPulse');
  const calm = await icon();
  server.world.setLatency(server.world.agents[0] as string, 800);
  await page.waitForFunction(() => document.title === '(1) 1 agent degraded · AgentPulse');
  expect(await icon()).not.toBe(calm);
  await page.click('[aria-label="Sound and notices"]');
  expect(await page.$$eval('dialog input', (boxes) => boxes.map((box) => (box as HTMLInputElement).checked))).toEqual([false, false]);
  expect(await seriousFindings(page)).toEqual([]);
  await close();
});

test('21: keys: ? shows them, / finds an agent, and the focus survives every update', async () => {
  const { page, close } = await visit({ world: TROUBLE, tick: 200 });
  await page.keyboard.press('?');
  await page.waitForSelector('.modal .keys');
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.modal', { state: 'detached' });
  await page.focus('[data-agent=claims] .agent-name');
  await page.waitForTimeout(1_500);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('claims');
  await page.keyboard.press('/');
  await page.keyboard.type('fraud');
  await page.waitForFunction(() => document.querySelectorAll('.agent').length === 1);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.drawer');
  expect(await page.textContent('.drawer h2')).toBe('fraud-review');
  await close();
});

describe('22: accessible', () => {
  test('in the drawer, an explanation and an outage axe finds nothing serious', async () => {
    const { page, server, close } = await visit({ world: TROUBLE, path: '/?agent=invoices' });
    await page.waitForSelector('.drawer .time-chart');
    expect(await seriousFindings(page)).toEqual([]);
    await page.click('.drawer .cell-figure >> nth=2');
    await page.waitForSelector('.why-sql');
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    server.halt();
    await page.waitForSelector('.banner');
    expect(await seriousFindings(page)).toEqual([]);
    await close();
  });

  test('a chart takes the focus, the arrows move its cursor, and its value is told in words', async () => {
    const { page, close } = await visit({ world: { agents: 3 }, path: '/?agent=claims' });
    const chart = '.drawer [role=slider] >> nth=0';
    await page.waitForSelector(chart);
    await page.focus(chart);
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'slider');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => /p99 \S/.test(document.querySelector('.drawer [role=slider]')?.getAttribute('aria-valuetext') ?? ''));
    expect(await edgesOf(page, '.drawer canvas >> nth=0')).toBe(0);
    // 14: the cursor stands at one time on every chart.
    const plot = await page.locator('.drawer .u-over >> nth=0').boundingBox();
    await page.mouse.move((plot?.x ?? 0) + 2, (plot?.y ?? 0) + 20);
    await page.waitForFunction(() => {
      const times = [...document.querySelectorAll('.drawer .time-chart-cursor')].map((each) => each.textContent?.slice(0, 8));
      const since = document.querySelector('.drawer .chart-head:not(.windows-head) span')?.textContent?.slice(6, 14);
      return times.length === 2 && times.every((time) => time === since);
    });
    await close();
  });

  test('nothing moves for those who do not want it', async () => {
    const { page, close } = await visit({ world: { agents: 3 } });
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    await close();
  });
});

test('23: on a phone the verdict, incidents and queue come first, targets are large, and acknowledging works', async () => {
  const { page, server, close } = await visit({ world: TROUBLE, ...PHONE });
  const tops = await Promise.all(['#verdict', '#incidents', '#queue', '#agents'].map(async (id) => (await page.locator(id).boundingBox())?.y ?? 0));
  expect(tops).toEqual([...tops].sort((a, b) => a - b));
  // The charts have theirs once there are two points.
  await page.waitForSelector('.trend .time-chart', { state: 'attached' });
  // Exempt is what stands in a sentence, among lines that are closer together, and what only the keyboard brings into sight.
  const small = await page.$$eval('button, a, select, input, summary', (all) =>
    all
      .filter((each) => (each as HTMLElement).offsetParent !== null && !each.closest('.skip, .verdict h1, .incident-more'))
      .map((each) => ({ box: each.getBoundingClientRect(), text: each.textContent || each.getAttribute('aria-label') }))
      .filter(({ box }) => box.height < 43.5 || box.width < 43.5)
      .map(({ box, text }) => `${text}: ${Math.round(box.width)} by ${Math.round(box.height)}`),
  );
  expect(small).toEqual([]);
  await page.tap('.incident .button:has-text("Acknowledge") >> nth=0');
  await page.waitForSelector('.notice');
  expect(server.acknowledged.length).toBeGreaterThan(0);
  // Paused, the header has more to say, and no more room.
  await page.tap('.live-switch');
  await page.waitForSelector('.live-switch.is-paused:has-text("waiting")');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
  await close();
});

describe('24: nothing, no right, first start each say what to do next', () => {
  const cases = [
    ['empty', { world: { empty: true }, tick: 0 }, 'preflight'],
    ['denied', { prepare: (server: { failure: unknown }) => void (server.failure = { status: 401, code: '42501', message: 'permission denied' }) }, 'Sign in, or ask'],
    ['missing', { prepare: (server: { failure: unknown }) => void (server.failure = { status: 404, code: 'PGRST205', message: 'no table' }) }, 'migrate'],
    ['database', { prepare: (server: { failure: unknown }) => void (server.failure = { status: 503, code: 'PGRST001', message: 'no database' }) }, 'Postgres is not'],
  ] as const;
  test.each(cases)('%s', async (cause, options, todo) => {
    const { page, close } = await visit({ ...options, waitFor: `.first[data-cause=${cause}]` });
    expect(await page.textContent('.first')).toContain(todo);
    expect(await seriousFindings(page)).toEqual([]);
    await shot(page, `first-${cause}`);
    await close();
  });

  test('what may not be read is left out, and what may keeps moving', async () => {
    const { options } = STATES.find(({ name }) => name === 'withheld') as State;
    const { page, server, close } = await visit(options);
    await page.waitForSelector('.queue .empty');
    expect(await page.$$('#incidents, #feed')).toEqual([]);
    expect(await page.textContent('.queue .panel-note')).toBe('10 waiting');
    server.world.request(5);
    await page.waitForFunction(() => document.querySelector('.queue .panel-note')?.textContent === '11 waiting');
    expect(await page.$$('.queue-row')).toEqual([]);
    await close();
  });

  test('no figure is NaN, null, undefined or Infinity, whatever is missing', async () => {
    const { page, close } = await visit({ world: { agents: 3, idle: 3 } });
    await page.locator('h1', { hasText: 'idle' }).waitFor();
    await page.waitForTimeout(1_000);
    expect(await page.evaluate(() => document.body.innerText)).not.toMatch(/NaN|undefined|null|Infinity/);
    await close();
  });
});

test('25: a figure opens its window, rows, definition and the SQL that proves it; an alert its evaluation', async () => {
  const { page, close } = await visit({ world: TROUBLE });
  await page.click('.verdict-figures .figure >> nth=3');
  await page.waitForSelector('.why-sql');
  const text = (await page.textContent('.modal')) as string;
  expect(text).toContain('Unsafe answers');
  expect(text).toMatch(/Rows counted\d+/);
  expect(text).toContain('FROM public.agent_feedback');
  expect(text).toMatch(/Value\d\.\d+ %/);
  expect(text).not.toContain(':from');
  await page.keyboard.press('Escape');
  await page.click('.verdict-figures .figure >> nth=1');
  expect(await page.textContent('.modal')).toMatch(/Value\d+(\.\d)? ms/);
  await page.keyboard.press('Escape');
  await page.click('.incident:has-text("invoices") .incident-title');
  await page.waitForSelector('.why-lines');
  expect(await page.textContent('.modal')).toMatch(/Value that opened it\d+(\.\d+)?.ms.*Limit200.ms/);
  await close();
});

test('25: so does a figure in the table of agents, of what waits by age, and of each source table', async () => {
  const { page, close } = await visit({ world: TROUBLE });
  const asked = async (figure: string, title: string, ...parts: (string | RegExp)[]) => {
    await page.click(figure);
    await page.waitForSelector(`.modal h2:text-is("${title}")`);
    const text = (await page.textContent('.modal')) as string;
    for (const part of parts) {
      expect(text).toMatch(part);
    }
    await page.keyboard.press('Escape');
    await page.waitForSelector('.modal', { state: 'detached' });
  };
  await asked('.agent[data-agent=invoices] .agent-latency button', 'Average latency', 'Agentinvoices', /Value\d+(\.\d+)? ms/);
  await asked('.agent[data-agent=invoices] .agent-score button', 'Quality score', 'Agentinvoices', /Value\d+/);
  await asked('.queue .parts-legend div:has-text("5–15 m") button', 'Waiting for five to 15 minutes', 'Value1', 'Rows counted4', /::timestamptz - interval '15 minutes'/);
  await asked('#quality .parts-legend div:has-text("not reviewed") button', 'Not reviewed', /Value\d+/);
  await asked('.sources-table tr:has-text("agent_queries") td:nth-of-type(2) button', 'Late changes', 'Source tableagent_queries', 'Value190', "-> 'agent_queries' -> 'late'");
  expect(await page.$$('.drawer')).toEqual([]);
  // What is between the figures opens the agent.
  await page.click('.agent[data-agent=invoices] .agent-spark');
  await page.waitForSelector('.drawer h2:text-is("invoices")');
  await close();
});

test('?demo hints show in a demo that wants them, and never elsewhere', async () => {
  for (const [demo, path, shown] of [[true, '/?demo', 1], [true, '/', 0], [false, '/?demo', 0]] as const) {
    const { page, close } = await visit({ world: TROUBLE, path, prepare: (server) => void (server.config.demo = demo) });
    await (shown > 0 ? page.waitForSelector('.demo-hint') : page.waitForTimeout(300));
    expect(await page.$$eval('.demo-hint', (hints) => hints.length)).toBe(shown);
    if (shown > 0) {
      expect(await seriousFindings(page)).toEqual([]);
    }
    await close();
  }
});

test('?demo hints are whole at every width', async () => {
  const { page, close } = await visit({ world: TROUBLE, path: '/?demo', prepare: (server) => void (server.config.demo = true) });
  for (const width of [360, 820, 1280, 1440, 1760, 1920]) {
    await page.setViewportSize({ width, height: 740 });
    const cut = await page.$eval('.demo-hint', (hint) => {
      const frame = hint.getBoundingClientRect();
      const text = (hint.querySelector('p') as HTMLElement).getBoundingClientRect();
      return { above: frame.top - text.top > 0, below: text.bottom - frame.bottom > 0, outside: frame.left < 0 || frame.right > innerWidth || frame.bottom > innerHeight };
    });
    expect(cut, `${width} wide`).toEqual({ above: false, below: false, outside: false });
  }
  await close();
});
