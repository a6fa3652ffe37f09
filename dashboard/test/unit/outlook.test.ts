import type { DataQuality, ForecastSlots } from '@agentpulse/react';
import { describe, expect, test } from 'vitest';
import { leastRoomFirst } from '../../src/features/outlook/CapacityView';
import { forecastFor, forecastLine } from '../../src/features/outlook/forecast';
import { checksByTable } from '../../src/features/proof/DataView';
import { proofText } from '../../src/features/proof/ProofLine';
import { lowestFirst } from '../../src/features/proof/QualityView';

const SLOT = 900_000;
const forecast = (first: number): ForecastSlots => ({
  first_slot: new Date(first).toISOString(), slot_seconds: 900, expected: [30, 45], low: [15, 15], high: [60, 75], basis: 'level', as_of: new Date(first).toISOString(),
});

const UNKNOWN = { expected_5m: null, low_5m: null, high_5m: null, expected_1h: null, low_1h: null, high_1h: null, as_of: '' };

describe('a forecast', () => {
  test('goes on from the last known point, where its band begins', () => {
    expect(forecastLine([0, SLOT, 2 * SLOT], [1, 2, null], forecast(2 * SLOT), 1 / 15)).toEqual({
      times: [0, SLOT, 2 * SLOT, 3 * SLOT],
      known: [1, 2, null, null],
      expected: [null, 2, 2, 3],
      band: { low: [null, 2, 1, 1], high: [null, 2, 4, 5] },
    });
  });

  test('gives way to what is known of the same slot, and stands alone where nothing is', () => {
    expect(forecastLine([0, SLOT], [1, 2], forecast(SLOT)).times).toEqual([0, SLOT, 2 * SLOT]);
    expect(forecastLine([0, SLOT], [null, null], forecast(2 * SLOT))).toMatchObject({ times: [2 * SLOT, 3 * SLOT], known: [null, null], expected: [30, 45] });
    expect(forecastLine([], [], { ...forecast(0), low: null, high: null })).toMatchObject({ expected: [30, 45], band: null });
  });
});

describe('beside a range', () => {
  const hours = (count: number): ForecastSlots => {
    const all = Array.from({ length: count * 4 }, (_, index) => index);
    return { ...forecast(0), expected: all, low: all.map((each) => each - 1), high: all.map((each) => each + 1) };
  };

  test('of an hour stands the next hour, of a day or a week all that is expected', () => {
    expect(forecastFor('1h', hours(24))).toMatchObject({ expected: [0, 1, 2, 3, 4], low: [-1, 0, 1, 2, 3], high: [1, 2, 3, 4, 5] });
    expect(forecastFor('1h', { ...hours(24), low: null, high: null })).toMatchObject({ low: null, high: null });
    expect(forecastFor('24h', hours(24)).expected).toHaveLength(96);
    expect(forecastFor('7d', hours(24)).high).toHaveLength(96);
  });

  test('of days stands the mean of the next one, without a band, as nobody knows how far its parts miss together', () => {
    expect(forecastFor('30d', hours(1))).toMatchObject({ expected: [1.5], low: null, high: null });
    expect(forecastLine([0], [4], forecastFor('90d', { ...hours(1), first_slot: new Date(SLOT).toISOString() }))).toEqual({ times: [0, SLOT], known: [4, null], expected: [4, 1.5], band: null });
    expect(forecastFor('90d', { ...hours(1), expected: [] }).expected).toEqual([]);
  });
});

test('agents with the least room come first, those without a capacity last', () => {
  const headroom = (agent: string, headroom_pct: number | null) => ({ agent, headroom_pct, capacity: 1, capacity_source: 'set' as const, exhausted_at: null });
  const trend = { agent: 'new', rate_5m: 1, rate_1h: 1, trend: null, trend_change_pct: null, change_vs_yesterday_pct: null, change_vs_last_week_pct: null, ...UNKNOWN };
  expect(leastRoomFirst({ trends: [trend], headroom: [headroom('b', 40), headroom('a', 40), headroom('full', -5), headroom('none', null)] }).map(({ agent }) => agent)).toEqual(['full', 'a', 'b', 'new', 'none']);
});

test('the lowest adjusted score comes first, an agent without one last', () => {
  const row = (agent: string, quality_score_adjusted: number | null) => ({ agent, quality_score_adjusted, quality_score: null, reviewed_n: 0, quality_low: null, quality_high: null, confidence: 'low' as const, change_points: null, as_of: '' });
  expect(lowestFirst([row('none', null), row('b', 80), row('a', 60)]).map(({ agent }) => agent)).toEqual(['a', 'b', 'none']);
});

test('checks are grouped by table, what is wrong now before what is in order', () => {
  const row = (source_table: string, check_name: string, day: string, status: DataQuality['status']): DataQuality => ({ source_table, check_name, day, status, dimension: 'validity', value: 1, threshold: 1, sample: null });
  const tables = checksByTable([
    row('b', 'fine', '2026-11-02', 'ok'), row('b', 'fine', '2026-11-01', 'failed'), row('b', 'wrong', '2026-11-02', 'failed'), row('a', 'only', '2026-11-01', 'warning'),
  ]);
  expect(tables.map(([table, checks]) => [table, checks.map(({ check, newest }) => `${check} ${newest.status}`)])).toEqual([['a', ['only warning']], ['b', ['wrong failed', 'fine ok']]]);
});

test('what was proven is said in one sentence, what could not be told too', () => {
  const proof = { proven: 1_204, unequalCount: 1, unequal: [], inconclusive: 2, lastRunAt: '2026-11-26T13:05:00Z' };
  expect(proofText({ state: 'ready', value: proof }, 'UTC')).toBe('1,204 figures proven in 24 h, 1 unequal, 2 could not be told, last 26 Nov, 13:05:00');
  expect(proofText({ state: 'ready', value: { ...proof, proven: 0, inconclusive: 0, lastRunAt: null } }, 'UTC')).toContain('nothing was audited');
  expect(proofText({ state: 'missing' }, 'UTC')).toContain('not kept');
});
