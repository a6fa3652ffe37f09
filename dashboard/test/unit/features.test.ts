import { Store, type AgentHealth, type AgentPerformance, type Alert, type ApprovalActivity, type ApprovalQueue, type PipelineStatus } from '@agentpulse/react';
import { describe, expect, test } from 'vitest';
import { demoHint } from '../../src/app/DemoHints';
import { fillSql, FIGURES } from '../../src/app/figures';
import { OUTAGE } from '../../src/app/outage';
import { favicon } from '../../src/app/TabState';
import { openCount, verdict, verdictInput } from '../../src/app/verdict';
import { groupIncidents, incidentTitle, RowKeys, splitIncidents } from '../../src/features/alerts/incidents';
import { ruleTitle, ruleValue } from '../../src/features/alerts/rules';
import { oldestFirst, slaView } from '../../src/features/approvals/sla';
import { describe as describeMessage } from '../../src/features/feed/describe';
import { nextPlace } from '../../src/features/feed/place';
import { incidentSpans, LATENCY_RULES, VOLUME_RULES } from '../../src/lib/incidentSpans';
import { countsOf, fixedRange, frozenLink } from '../../src/lib/ranges';
import { linesAndBand, MOST_LINES } from '../../src/features/performance/LatencyCharts';
import { place } from '../../src/features/performance/LatencyStrip';
import { agentOrder } from '../../src/features/performance/order';
import { Trail, STEP_MS } from '../../src/lib/trail';

const NONE = { health: { degraded: 0, warning: 0, healthy: 0, idle: 0 }, overSla: 0, unsafe: 0, pipeline: 0, catchingUp: false, other: 0 };
const say = (input: typeof NONE) => verdict(input).parts.map((part) => part.text).join(' · ');

describe('the verdict', () => {
  test('says what is wrong, worst first', () => {
    const input = { ...NONE, health: { degraded: 1, warning: 2, healthy: 9, idle: 0 }, overSla: 3, unsafe: 1 };
    expect(say(input)).toBe('1 unsafe answer · 1 agent degraded · 3 approvals over SLA · 2 agents slow');
    expect(verdict(input).tone).toBe('bad');
    expect(openCount(input)).toBe(5);
  });

  test('says that nothing is wrong, and what idles', () => {
    expect(say({ ...NONE, health: { ...NONE.health, healthy: 12 } })).toBe('All 12 agents healthy');
    expect(say({ ...NONE, health: { ...NONE.health, healthy: 10, idle: 2 } })).toBe('10 agents healthy, 2 idle');
    expect(say({ ...NONE, health: { ...NONE.health, healthy: 1 } })).toBe('The agent is healthy');
    expect(say({ ...NONE, health: { ...NONE.health, idle: 3 } })).toBe('All 3 agents are idle');
    expect(say(NONE)).toBe('Waiting for the first query');
  });

  test('says that the job catches up, also where nothing else is wrong, and counts no incident for it', () => {
    const store = new Store();
    const input = () => verdictInput(store, { ...NONE.health, healthy: 12 });
    const tick = (details: PipelineStatus['details']) =>
      store.apply([{ table: 'pipeline_status', type: 'replace', rows: [{ component: 'writer', as_of: '2026-01-01T00:00:00Z', details } as PipelineStatus] }]);
    tick({ backlog: true });
    expect(verdict(input())).toEqual({ tone: 'warn', parts: [{ text: 'Catching up after a restart', tone: 'warn', target: '#pipeline' }] });
    expect(say({ ...input(), overSla: 3, pipeline: 1 })).toBe('3 approvals over SLA · 1 pipeline warning · Catching up after a restart');
    expect(openCount(input())).toBe(0);
    tick({});
    expect(say(input())).toBe('All 12 agents healthy');
  });
});

function alert(over: Partial<Alert>): Alert {
  return {
    alert_id: String(Math.random()), rule: 'agent_degraded', subject: 'billing', severity: 'warning', status: 'open', value: 250,
    threshold: 200, conversation_id: null, details: {}, opened_at: '2026-01-01T00:00:00Z', resolved_at: null,
    detected_at: '2026-01-01T00:00:00Z', acknowledged_by: null, acknowledged_at: null, ...over,
  };
}

describe('incidents', () => {
  test('group what has one cause, with a count and the worst of it', () => {
    const late = (value: number, severity: Alert['severity']) => alert({ rule: 'approval_sla_breach', subject: String(value), value, severity });
    const [incident, ...more] = groupIncidents([late(301, 'info'), late(1_000, 'critical'), late(650, 'warning')]);
    expect(more).toEqual([]);
    expect(incident).toMatchObject({ count: 3, severity: 'critical', value: 1_000 });
    expect(incidentTitle(incident as NonNullable<typeof incident>)).toBe('3 approvals over SLA');
  });

  test('of the pipeline have a name, and values in their unit; those of an unknown rule are shown as they are', () => {
    const [pool] = groupIncidents([alert({ rule: 'pipeline_gateway_pool', subject: 'gateway', value: 2.3, threshold: 2 })]);
    expect(incidentTitle(pool as NonNullable<typeof pool>)).toBe('Reads queue at the gateway');
    expect(incidentTitle({ ...(pool as NonNullable<typeof pool>), status: 'resolved' })).toBe('Reads queue at the gateway: over');
    expect(ruleValue('pipeline_gateway_pool', 2.3)).toBe('2.3 ×');
    expect(ruleTitle('too_many_refunds')).toBe('Too many refunds');
    expect(ruleValue('too_many_refunds', 7)).toBe('7');
  });

  test('of rules that look at an agent name it, and those of different agents stay apart', () => {
    const rows = ['b', 'a'].map((subject) => alert({ rule: 'volume_anomaly', subject, severity: 'info', threshold: null }));
    expect(groupIncidents(rows).map(incidentTitle)).toEqual(['Volume anomaly, a', 'Volume anomaly, b']);
  });

  test('of different agents stay apart, and equals stand in one order whatever came first', () => {
    const rows = ['c', 'a', 'b'].map((subject) => alert({ subject, alert_id: subject }));
    expect(groupIncidents(rows).map((each) => each.agent)).toEqual(['a', 'b', 'c']);
    expect(groupIncidents(rows.toReversed()).map((each) => each.agent)).toEqual(['a', 'b', 'c']);
  });

  describe('keep the key of their row', () => {
    const late = (alert_id: string, by: string | null = null, opened_at = `2026-01-01T00:00:0${alert_id}Z`) =>
      alert({ alert_id, rule: 'approval_sla_breach', subject: alert_id, opened_at, status: by === null ? 'open' : 'acknowledged', acknowledged_by: by });
    /** The keys after each step, by the alerts of the row. */
    const keysOf = (steps: readonly (readonly Alert[])[], selected: string | null = null) => {
      const keys = new RowKeys();
      return steps.map((alerts) => Object.fromEntries(keys.keep(groupIncidents(alerts), selected).map(({ key, alertIds }) => [alertIds.join(), key])));
    };

    test('when they are taken, alert by alert, and released', () => {
      expect(keysOf([
        [late('1'), late('2'), late('3')],
        [late('1'), late('2', 'mira'), late('3')],
        [late('1', 'mira'), late('2', 'mira'), late('3')],
        [late('1', 'mira'), late('2', 'mira'), late('3', 'mira')],
        [late('1'), late('2'), late('3')],
      ])).toEqual([{ '1,2,3': '1' }, { '1,3': '1', 2: '2' }, { '1,2': '2', 3: '1' }, { '1,2,3': '1' }, { '1,2,3': '1' }]);
    });

    test('when the oldest alert ends and others come', () => {
      expect(keysOf([[late('1'), late('2')], [late('2'), late('3')], [late('3')]])).toEqual([{ '1,2': '1' }, { '2,3': '1' }, { 3: '1' }]);
    });

    test('that is selected, when two become one', () => {
      const steps = [[late('1', 'mira'), late('2')], [late('1', 'mira'), late('2', 'mira')]];
      expect(keysOf(steps, '1')).toEqual([{ 1: '2', 2: '1' }, { '1,2': '1' }]);
      expect(keysOf(steps, '2')).toEqual([{ 1: '2', 2: '1' }, { '1,2': '2' }]);
    });
  });

  test('that someone has stand below the ones nobody has', () => {
    const taken = alert({ subject: 'a', severity: 'critical', status: 'acknowledged', acknowledged_by: 'mira' });
    expect(groupIncidents([taken, alert({ subject: 'b' })]).map((each) => each.status)).toEqual(['open', 'acknowledged']);
  });

  test('of slow queries count what was suppressed, and are news for ten minutes', () => {
    const slow = alert({ rule: 'slow_query', status: 'resolved', resolved_at: '2026-01-01T00:00:00Z', details: { agent: 'a', suppressed: 4 } });
    const now = Date.parse('2026-01-01T00:09:59Z');
    expect(splitIncidents([slow], now).recent[0]).toMatchObject({ count: 5, agent: 'a' });
    expect(splitIncidents([slow], now + 2_000).recent).toEqual([]);
  });
});

describe('the agreed time', () => {
  const at = (seconds: number) => slaView('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:00Z') + seconds * 1_000, 300);

  test('runs out: waiting, at risk from 80 %, over', () => {
    expect(at(228)).toMatchObject({ state: 'waiting', leftMillis: 72_000 });
    expect(at(240).state).toBe('risk');
    expect(at(300).state).toBe('over');
    expect(at(341)).toMatchObject({ state: 'over', leftMillis: -41_000, share: 1 });
  });

  test('orders the queue: oldest first, equals by id', () => {
    const row = (id: string, created_at: string) => ({ id, conversation_id: null, created_at });
    expect(oldestFirst([row('b', '2026-01-02T00:00:00Z'), row('c', '2026-01-01T00:00:00Z'), row('a', '2026-01-02T00:00:00Z')]).map((each) => each.id)).toEqual(['c', 'a', 'b']);
  });
});

describe('agents', () => {
  const store = new Store();
  const row = (agent: string, health_status: AgentHealth['health_status'], latency: number | null) => ({ agent, health_status, since: '', avg_latency_ms_1m: latency, last_query_at: null });
  store.apply([{ table: 'agent_health', type: 'replace', rows: [row('d', 'idle', null), row('b', 'healthy', 20), row('a', 'healthy', 20), row('c', 'degraded', 300)] }]);

  test('stand worst first, equals by name', () => {
    expect(agentOrder(store, 'status', false, '', null)).toEqual(['c', 'a', 'b', 'd']);
  });

  test('without the figure stand last in both directions', () => {
    expect(agentOrder(store, 'latency', true, '', null)).toEqual(['c', 'a', 'b', 'd']);
    expect(agentOrder(store, 'latency', false, '', null)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('are found by part of the name, and by state', () => {
    expect(agentOrder(store, 'status', false, ' C', null)).toEqual(['c']);
    expect(agentOrder(store, 'status', false, '', 'healthy')).toEqual(['a', 'b']);
  });

  test('lie on a scale of factors', () => {
    expect(place(20)).toBe(0);
    expect(place(200)).toBeCloseTo(50);
    expect(place(99_999)).toBe(100);
  });
});

describe('the chart of all agents', () => {
  const points = (agents: number, latency: (index: number) => number) => {
    const names = Array.from({ length: agents }, (_, index) => `agent-${index}`);
    return linesAndBand({ series: (agent) => [latency(Number(agent.slice(6)))] }, names);
  };

  test('draws at most twelve lines, the rest as a band from the least to the most', () => {
    const { lines, band } = points(100, (index) => 201 + index);
    expect(lines).toHaveLength(MOST_LINES);
    expect(lines.map((line) => line.agent)).toContain('agent-99');
    expect(band).toMatchObject({ low: [201], high: [288] });
  });

  test('draws few lines while few are slow', () => {
    const { lines, band } = points(30, (index) => index);
    expect(lines).toHaveLength(5);
    expect(band?.label).toBe('25 others');
  });
});

test('an agent is degraded from its incident’s opening to its end; spans of several agents that touch are one', () => {
  const store = new Store();
  const at = (second: number) => new Date(second * 1_000).toISOString();
  const span = (subject: string, from: number, to: number | null) =>
    alert({ alert_id: `${subject} ${from}`, subject, opened_at: at(from), resolved_at: to === null ? null : at(to), status: to === null ? 'open' : 'resolved' });
  store.apply([{ table: 'alert', type: 'replace', rows: [span('b', 40, null), span('a', 10, 20), span('b', 15, 30), alert({ rule: 'slow_query', subject: 'a' }), { ...span('a', 70, 80), rule: 'volume_anomaly' }] }]);
  expect(incidentSpans(store, LATENCY_RULES, 'a')).toEqual([{ from: 10_000, to: 20_000 }]);
  expect(incidentSpans(store, LATENCY_RULES, null)).toEqual([{ from: 10_000, to: 30_000 }, { from: 40_000, to: null }]);
  // Each chart has its own rules.
  expect(incidentSpans(store, VOLUME_RULES, null)).toEqual([{ from: 70_000, to: 80_000 }]);
  // What was read some seconds ago goes further back, and gives way to what is held.
  expect(incidentSpans(store, LATENCY_RULES, 'a', [span('a', 1, 5), span('a', 10, null)])).toEqual([{ from: 1_000, to: 5_000 }, { from: 10_000, to: 20_000 }]);
});

test('the trail keeps a gap as long as it was, and an hour of points', () => {
  const store = new Store();
  store.apply([{ table: 'agent_health', type: 'replace', rows: [{ agent: 'a', health_status: 'healthy', since: '', avg_latency_ms_1m: 1, last_query_at: null }] }]);
  const trail = new Trail(store);
  trail.sample(0);
  trail.sample(STEP_MS);
  trail.sample(STEP_MS + 10);
  trail.sample(10 * STEP_MS);
  expect(trail.times).toEqual([0, STEP_MS, 2 * STEP_MS, 10 * STEP_MS]);
  for (let step = 11; step < 2_000; step += 1) {
    trail.sample(step * STEP_MS);
  }
  expect(trail.times).toHaveLength(720);
});

test('the trail has a figure at each of its times, also of an agent that came later or was asked nothing for a while', () => {
  const store = new Store();
  const trail = new Trail(store);
  const put = (agent: string, query_count: number, p95_latency_ms: number | null) =>
    store.apply([
      { table: 'agent_health', type: 'upsert', row: { agent } as AgentHealth },
      { table: 'agent_performance', type: 'upsert', row: { window_name: '1m', agent, query_count, p95_latency_ms } as AgentPerformance },
    ]);
  put('a', 1, 10.5);
  trail.sample(0);
  put('b', 2, null);
  trail.sample(STEP_MS);
  trail.sample(10 * STEP_MS);
  expect(trail.agents()).toEqual(['a', 'b']);
  expect(trail.series('a', 'count')).toEqual([1, 1, null, 1]);
  expect(trail.series('a', 'p95')).toEqual([10.5, 10.5, null, 10.5]);
  expect(trail.series('b', 'count')).toEqual([null, 2, null, 2]);
  expect(trail.series('b', 'p95')).toEqual([null, null, null, null]);
  store.apply([{ table: 'agent_performance', type: 'replace', rows: [] }, { table: 'agent_health', type: 'replace', rows: [{ agent: 'b' } as AgentHealth] }]);
  for (let step = 11; step <= 11 + 720; step += 1) {
    put('b', step, 1);
    trail.sample(step * STEP_MS);
  }
  expect(trail.agents()).toEqual(['b']);
  expect(trail.series('b', 'count')[0]).toBe(12);
  expect(trail.series('b', 'count').at(-1)).toBe(731);
});

test('a message keeps its place while others come, and all are placed anew where one is missing', () => {
  const lines = (...seqs: number[]) => seqs.map((seq) => ({ seq }));
  const first = nextPlace({ first: 0, lines: [] }, lines(3, 2, 1));
  expect(first).toBe(3);
  expect(nextPlace({ first, lines: lines(3, 2, 1) }, lines(5, 4, 3, 2))).toBe(5);
  expect(nextPlace({ first, lines: lines(3, 2, 1) }, lines(5, 3, 1))).toBe(3);
  expect(nextPlace({ first, lines: lines(3, 2, 1) }, lines(9, 8))).toBe(2);
  expect(nextPlace({ first: 4_999, lines: lines(3, 2) }, lines(4, 3, 2))).toBe(3);
});

test('a message that nobody knows is shown by its own name', () => {
  const event = { seq: 1, channel: 'x', payload: { event: 'brand_new' }, event_time: '', written_at: '' };
  expect(describeMessage(event).what).toBe('brand_new');
});

test('a hint says that nobody decides only while nobody does', () => {
  const store = new Store();
  const at = (second: number) => new Date(second * 1_000).toISOString();
  const put = (decided_count: number, sla_breach_count: number) =>
    store.apply([
      { table: 'approval_activity', type: 'upsert', row: { window_name: '1m', requested_count: 30, decided_count, window_end: at(decided_count) } as ApprovalActivity },
      { table: 'approval_queue', type: 'upsert', row: { queue: 'all', sla_breach_count, pending_1m_to_5m: 20, as_of: at(decided_count) } as ApprovalQueue },
    ]);
  store.apply([{ table: 'pipeline_status', type: 'replace', rows: [{ component: 'writer', as_of: at(0) } as PipelineStatus] }]);
  expect(demoHint(store).key).toBe('calm');
  put(0, 0);
  expect(demoHint(store).text).toContain('pile up');
  const breach = alert({ rule: 'approval_sla_breach', alert_id: 'late', opened_at: at(0) });
  store.apply([{ table: 'alert', type: 'upsert', row: breach }]);
  expect(demoHint(store).text).toContain('Nobody decides');
  put(25, 2);
  expect(demoHint(store).text).toContain('overlooked');
  store.apply([{ table: 'alert', type: 'upsert', row: { ...breach, status: 'resolved', resolved_at: at(1) } }]);
  expect(demoHint(store).text).toContain('overlooked');
  put(26, 0);
  expect(demoHint(store).text).toContain('approvers are back');
});

test('every outage says what to do next', () => {
  for (const { title, todo } of Object.values(OUTAGE)) {
    expect(title.length * todo.length).toBeGreaterThan(0);
  }
});

test('the SQL of a figure is filled with its row, and its values stay values', () => {
  const sql = fillSql(FIGURES.p95_latency_ms?.sql as string, { agent: "o'neil; DROP", from: 'f', to: 't' });
  expect(sql).toContain("agent = 'o''neil; DROP'");
  expect(sql).not.toMatch(/:(agent|from|to)\b/);
  expect(fillSql('a::numeric = :agent', { agent: 'x' })).toBe("a::numeric = 'x'");
});

test('the tab has a shape of its own for each state', () => {
  const icons = (['good', 'warn', 'bad', 'none'] as const).map((tone) => favicon(tone, 0));
  expect(new Set(icons).size).toBe(4);
  expect(decodeURIComponent(favicon('bad', 120))).toContain('>99<');
});

test('counts of history are nothing where no row is, unknown where history does not reach or has not ended', () => {
  const minute = 60_000;
  const row = (count: number, final: boolean) => ({ bucket_start: '', final, count });
  const rows = [null, null, row(30, true), row(4, false)];
  const before = [row(15, true), null, null, null];
  const points = { times: [0, 15, 30, 45].map((each) => each * minute), ended: false, rows, before: [{ shiftMs: 60 * minute, rows: before }], completeFrom: 15 * minute, filling: null };
  const counts = (of: typeof points, each: typeof rows, shiftMs: number) => countsOf(of, each, shiftMs, (each) => each.count / 15);
  expect(counts(points, rows, 0)).toEqual([null, 0, 2, null]);
  expect(counts(points, before, 60 * minute)).toEqual([1, null, null, null]);
  expect(counts({ ...points, completeFrom: null as unknown as number }, rows, 0)).toEqual([null, null, 2, null]);
  expect(counts({ ...points, completeFrom: -90 * minute }, [null, null, null, null], 0)).toEqual([0, 0, 0, null]);
  expect(counts({ ...points, ended: true, completeFrom: -90 * minute }, [null, null, null, null], 0)).toEqual([0, 0, 0, 0]);
});

describe('a link that is copied', () => {
  const now = Date.parse('2026-03-29T13:37:20Z');
  const copied = (query: string) => Object.fromEntries(new URL(frozenLink(`https://page.test/?${query}#token=secret`, now)).searchParams);

  test('has the times of its range instead of one that moves on', () => {
    expect(copied('agent=billing&range=24h&tz=UTC')).toEqual({ agent: 'billing', tz: 'UTC', from: '2026-03-28T13:45:00.000Z', to: '2026-03-29T13:37:20.000Z' });
    expect(copied('trend=90d')).toEqual({ from: '2025-12-30T00:00:00.000Z', to: '2026-03-29T13:37:20.000Z' });
    expect(copied('history=approvals')).toEqual({ history: 'approvals', from: '2026-03-28T13:45:00.000Z', to: '2026-03-29T13:37:20.000Z' });
    // What is open in front decides.
    expect(copied('history=feedback&range=1h&trend=7d')).toMatchObject({ from: '2026-03-29T12:38:00.000Z' });
    expect(frozenLink('https://page.test/?trend=7d#token=secret', now)).not.toContain('secret');
  });

  test('is as it is where nothing moves on, or it is fixed already', () => {
    expect(copied('agent=billing&status=healthy')).toEqual({ agent: 'billing', status: 'healthy' });
    const fixed = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' };
    expect(copied(`trend=1h&${new URLSearchParams(fixed)}`)).toEqual({ trend: '1h', ...fixed });
  });

  test('fixes nothing by what is no range', () => {
    expect(fixedRange('2026-03-02T00:00:00Z', '2026-03-01T00:00:00Z')).toBeNull();
    expect(fixedRange('yesterday', null)).toBeNull();
    expect(fixedRange(null, null)).toBeNull();
  });
});
