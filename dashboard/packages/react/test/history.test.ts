import { describe, expect, test } from 'vitest';
import { HISTORY_RANGES, historyPoints, rangeOfSpan, type AgentHistory, type HistoryRange } from '../src/history';

const NOW = Date.parse('2026-03-29T13:37:20Z');

const row = (start: number, query_count: number): AgentHistory => ({
  bucket_start: new Date(start).toISOString(), query_count, latency_sum_ms: 1, avg_latency_ms: 1, p50_latency_ms: 1, p95_latency_ms: 2, p99_latency_ms: 3, final: true,
});

describe('points of history', () => {
  test.each(Object.keys(HISTORY_RANGES) as HistoryRange[])('%s: one for each bucket, the open one last, each beside the one before', (range) => {
    const { stepMs, lengthMs, beforeMs } = HISTORY_RANGES[range];
    const { times } = historyPoints(range, NOW, [], [], null);
    const [first, last] = [times[0] as number, times.at(-1) as number];
    expect(times).toHaveLength(lengthMs / stepMs);
    expect(times.every((time) => time % stepMs === 0)).toBe(true);
    expect(last).toBeLessThanOrEqual(NOW);
    expect(last + stepMs).toBeGreaterThan(NOW);

    const points = historyPoints(range, NOW, [row(last, 7)], beforeMs.map((shift) => [row(first - shift, 5), row(last - shift, 6)]), null);
    expect(points.rows.map((each) => each?.query_count ?? null)).toEqual([...times.slice(1).map(() => null), 7]);
    expect(points.before.map(({ shiftMs }) => shiftMs)).toEqual(beforeMs);
    for (const { rows } of points.before) {
      expect(rows.map((each) => each?.query_count ?? null)).toEqual([5, ...times.slice(2).map(() => null), 6]);
    }
  });
});

describe('a fixed range', () => {
  test('has the buckets of the range that is as long, and stands still', () => {
    const span = { from: Date.parse('2026-03-28T13:45:00Z'), to: NOW };
    const later = NOW + 3 * 86_400_000;
    expect(rangeOfSpan(span)).toBe('24h');
    expect(historyPoints(span, NOW, [], [], null)).toMatchObject({ times: historyPoints('24h', NOW, [], [], null).times, ended: false });
    expect(historyPoints(span, later, [], [], null)).toMatchObject({ times: historyPoints('24h', NOW, [], [], null).times, ended: true });
  });

  test.each([[60_000, '1h'], [3_600_001, '24h'], [8 * 86_400_000, '30d'], [400 * 86_400_000, '90d']] as const)('of %d ms is shown as %s', (length, range) => {
    expect(rangeOfSpan({ from: 0, to: length })).toBe(range);
  });
});

describe('ranges', () => {
  test.each(Object.entries(HISTORY_RANGES))('%s makes at most 400 points, and is compared with whole weeks from a week on', (_, { stepMs, lengthMs, beforeMs }) => {
    expect(lengthMs / stepMs).toBeLessThanOrEqual(400);
    expect(beforeMs.every((shift) => shift % stepMs === 0)).toBe(true);
    expect(lengthMs < 7 * 86_400_000 || beforeMs.every((shift) => shift % (7 * 86_400_000) === 0)).toBe(true);
  });
});
