// @vitest-environment happy-dom
import { cleanup, renderHook } from '@testing-library/react';
import type { HistoryPoints, HistoryRow } from '@agentpulse/react';
import { afterEach, expect, test } from 'vitest';
import { usePast } from '../../src/features/outlook/past';

afterEach(cleanup);

interface Row extends HistoryRow {
  count: number | null;
}

const HOUR = 3_600_000;
const count = (row: Row) => row.count;
const row = (of: number | null): Row => ({ bucket_start: '', final: true, count: of });
const WEEK: HistoryPoints<Row> = {
  times: [0, HOUR, 2 * HOUR], ended: false, rows: [row(120), null, null], before: [{ shiftMs: 7 * 24 * HOUR, rows: [row(60), row(null), row(30)] }], completeFrom: 0, filling: null,
};

test('what was is as much in a minute in whatever buckets, beside the same time before; nothing asked is none', () => {
  const { result } = renderHook(() => usePast('7d', WEEK, count, 60_000));
  expect(result.current.values).toEqual([2, 0, null]);
  expect(result.current.before.map(({ label, values, compared }) => [label, values, compared])).toEqual([['a week before', [1, null, 0.5], true]]);
  expect(result.current.read).toBe(true);
});

test('while it is read, its lines have their names and no values, so that a legend stays as it is', () => {
  const { result, rerender } = renderHook(({ points }) => usePast('24h', points, count, 60_000), { initialProps: { points: null as HistoryPoints<Row> | null } });
  expect(result.current).toMatchObject({ times: [], values: [], read: false });
  expect(result.current.before.map(({ label, values }) => [label, values])).toEqual([['a day before', []], ['a week before', []]]);
  rerender({ points: { ...WEEK, before: [{ shiftMs: 24 * HOUR, rows: [] }, { shiftMs: 7 * 24 * HOUR, rows: [] }] } });
  expect(result.current.before.map(({ label }) => label)).toEqual(['a day before', 'a week before']);
});
