import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { sumOfForecasts } from '../src/outlook';
import { compareUnsafe, compareVolume, compareWaiting } from '../src/compared';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-26T13:07:20Z');
const iso = (time: number) => new Date(time).toISOString();

describe('what is compared', () => {
  test('volume: the last hour that is over, by quarters, beside the same one; a bucket without a row is empty where history is complete', () => {
    const at = (text: string, query_count: number, latency_count: number, latency_sum_ms: number) => ({ bucket_start: `2026-11-${text}:00Z`, query_count, latency_count, latency_sum_ms });
    const rows = [at('26T11:45', 999, 1, 1), at('26T12:00', 10, 10, 1_000), at('26T12:45', 30, 20, 500), at('26T13:00', 999, 1, 1), at('25T12:15', 50, 25, 5_000)];
    const { queries, latency } = compareVolume(NOW, rows, NOW - 3 * DAY);
    expect(queries).toEqual({ from: Date.parse('2026-11-26T12:00Z'), to: Date.parse('2026-11-26T13:00Z'), now: 40, yesterday: 50, lastWeek: 'unknown' });
    // Of sums: an average of averages would be 62.5.
    expect(latency).toMatchObject({ now: 50, yesterday: 200, lastWeek: 'unknown' });
  });

  test('nothing asked is zero queries, and no latency; without a reach nothing is known', () => {
    expect(compareVolume(NOW, [], 0)).toMatchObject({ queries: { now: 0, yesterday: 0, lastWeek: 0 }, latency: { now: null, yesterday: null, lastWeek: null } });
    expect(compareVolume(NOW, [], null).queries).toMatchObject({ now: 'unknown', yesterday: 'unknown' });
    expect(compareVolume(Date.parse('2026-11-26T13:00:30Z'), [], 0).queries?.to).toBe(Date.parse('2026-11-26T12:45Z'));
  });

  test('waiting: whatever is requested and decided, the difference is that of those that wait', () => {
    const approvals = fc.array(fc.record({ created: fc.integer({ min: 0, max: 8 * 24 - 1 }), took: fc.option(fc.integer({ min: 0, max: 60 })) }), { maxLength: 200 });
    fc.assert(
      fc.property(approvals, (all) => {
        const end = Math.floor(NOW / HOUR) * HOUR;
        const begin = end - 8 * DAY;
        const decided = ({ created, took }: (typeof all)[number]) => (took === null ? Infinity : created + took);
        const rows = Array.from({ length: 8 * 24 }, (_, hour) => ({
          bucket_start: iso(begin + hour * HOUR),
          requested_count: all.filter(({ created }) => created === hour).length,
          decided_count: all.filter((each) => decided(each) === hour).length,
        }));
        const waitingAt = (hour: number) => all.filter((each) => each.created < hour && decided(each) >= hour).length;
        const { now, yesterday, lastWeek } = compareWaiting(NOW, rows, begin);
        expect((now as number) - (yesterday as number)).toBe(waitingAt(8 * 24) - waitingAt(7 * 24));
        expect((now as number) - (lastWeek as number)).toBe(waitingAt(8 * 24) - waitingAt(24));
      }),
    );
  });

  test('unsafe: the share of what was reviewed in 24 hours, not the mean of hours', () => {
    const row = (hoursAgo: number, safe_count: number, unsafe_count: number) => ({ bucket_start: iso(Math.floor(NOW / HOUR) * HOUR - hoursAgo * HOUR), safe_count, unsafe_count });
    const compared = compareUnsafe(NOW, [row(1, 90, 0), row(24, 0, 10), row(25, 3, 1)], 0);
    expect(compared).toMatchObject({ now: 10, yesterday: 25, lastWeek: null });
  });
});

test('forecasts of all agents: only slots that every agent has, without a gap', () => {
  const slot = (minutes: number, expected: number, agent_count: number) => ({ slot_start: iso(minutes * 60_000), slot_seconds: 900, expected, agent_count, as_of: iso(0) });
  expect(sumOfForecasts([slot(0, 1, 2), slot(15, 12, 3), slot(30, 23, 3), slot(45, 30, 1)])).toMatchObject({ first_slot: iso(900_000), expected: [12, 23], low: null, basis: 'sum' });
  expect(sumOfForecasts([slot(0, 5, 1), slot(30, 6, 1)])).toMatchObject({ expected: [5] });
  expect(sumOfForecasts([])).toBeNull();
});
