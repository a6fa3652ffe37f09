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

  test('waiting: whatever is requested and decided, beside what waits now stands what waited at the full hour next to this time', () => {
    const last = 8 * 24;
    const approvals = fc.array(fc.record({ created: fc.integer({ min: 0, max: last }), took: fc.option(fc.integer({ min: 0, max: 60 })) }), { maxLength: 200, minLength: 1 });
    fc.assert(
      fc.property(approvals, fc.boolean(), (all, late) => {
        const begin = Math.floor(NOW / HOUR) * HOUR - 8 * DAY;
        const decided = ({ created, took }: (typeof all)[number]) => (took === null ? Infinity : created + took);
        // The last one is of the hour that has not ended.
        const rows = Array.from({ length: last + 1 }, (_, hour) => ({
          bucket_start: iso(begin + hour * HOUR),
          requested_count: all.filter(({ created }) => created === hour).length,
          decided_count: all.filter((each) => decided(each) === hour).length,
        }));
        const waitingAt = (hour: number) => all.filter((each) => each.created < hour && decided(each) >= hour).length;
        const compared = compareWaiting(NOW + (late ? HOUR / 2 : 0), waitingAt(last + 1), rows, begin);
        expect(compared).toMatchObject({ now: waitingAt(last + 1), yesterday: waitingAt(7 * 24 + Number(late)), lastWeek: waitingAt(24 + Number(late)) });
      }),
    );
  });

  test('waiting: nothing is said while there is no row to compare by, and no yesterday before history begins', () => {
    const hour = Math.floor(NOW / HOUR) * HOUR;
    const row = { bucket_start: iso(hour), requested_count: 93, decided_count: 0 };
    expect(compareWaiting(NOW, 93, [], 0)).toBeNull();
    // Of a start some minutes ago, and of a queue that was worked off yesterday.
    expect(compareWaiting(NOW, 93, [row], 0)).toEqual({ from: hour, to: hour, now: 93, yesterday: null, lastWeek: null });
    expect(compareWaiting(NOW, 93, [{ bucket_start: iso(hour - 30 * HOUR), requested_count: 4, decided_count: 4 }, row], 0)).toMatchObject({ yesterday: 0, lastWeek: null });
    expect(compareWaiting(NOW, 93, [row], hour)).toMatchObject({ now: 93, yesterday: 'unknown', lastWeek: 'unknown' });
    // More were decided than were asked for since: they waited then.
    expect(compareWaiting(NOW, 10, [{ ...row, requested_count: 5, decided_count: 20 }], 0)).toMatchObject({ yesterday: 25 });
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
