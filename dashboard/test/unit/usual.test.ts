import type { AgentTrend } from '@agentpulse/react';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { usualBand, usualPart } from '../../src/features/performance/usual';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-26T13:07:30Z');

/** The job's own band of a window: |z| up to 3, where z = 2(√(x + 3/8) − √(E + 3/8)) by the noise (VolumeDetector). */
const highOf = (expected: number, noise: number) => (Math.sqrt(expected + 0.375) + 1.5 * noise) ** 2 - 0.375;
const z = (count: number, expected: number, noise: number) => (2 * (Math.sqrt(count + 0.375) - Math.sqrt(expected + 0.375))) / noise;

const trend = (of: Partial<AgentTrend> = {}): AgentTrend => ({
  agent: 'a', rate_5m: 1, rate_1h: 1, trend: null, trend_change_pct: null, change_vs_yesterday_pct: null, change_vs_last_week_pct: null,
  expected_5m: 100, low_5m: 72, high_5m: 132, expected_1h: 1_200, low_1h: 1_098, high_1h: 1_306, as_of: new Date(NOW).toISOString(), ...of,
});

describe('what is usual', () => {
  test('of a whole window is what the job says of it, and of a part the same distance on its scale', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 10_000, noNaN: true }), fc.double({ min: 1, max: 8, noNaN: true }), fc.constantFrom(1, 1 / 4, 1 / 5, 1 / 60), (expected, noise, share) => {
        const { low, high } = usualPart(expected, highOf(expected, noise), share);
        expect(z(high, expected * share, noise)).toBeCloseTo(3, 6);
        // Below nothing there is no count.
        expect(low).toBeGreaterThanOrEqual(0);
        expect(-z(low, expected * share, noise)).toBeLessThan(3 + 1e-6);
        expect(low === 0 || -z(low, expected * share, noise) > 3 - 1e-6).toBe(true);
      }),
    );
  });

  test('ends with the hour that was judged, and is nearer in the last five minutes where points are as fine', () => {
    const starts = Array.from({ length: 70 }, (_, index) => NOW - 30_000 - (69 - index) * MINUTE);
    const { low, high } = usualBand(trend(), starts, MINUTE, true) as NonNullable<ReturnType<typeof usualBand>>;
    const known = high.map((value) => value !== null);
    expect(known.indexOf(true)).toBe(9);
    expect(known.slice(9).every(Boolean)).toBe(true);
    expect([low[9], high[9]]).toEqual([usualPart(1_200, 1_306, 1 / 60).low, usualPart(1_200, 1_306, 1 / 60).high]);
    expect(high.at(-1)).toBe(usualPart(100, 132, 1 / 5).high);
    expect(high.filter((value) => value === high.at(-1))).toHaveLength(6);
  });

  test('is a rate a minute also where points are quarters of an hour, and none where they are longer', () => {
    const quarter = 15 * MINUTE;
    const starts = Array.from({ length: 8 }, (_, index) => Math.floor(NOW / quarter) * quarter - (7 - index) * quarter);
    const band = usualBand(trend(), starts, quarter, true);
    expect(band?.high.map((value) => value !== null)).toEqual([false, false, false, true, true, true, true, true]);
    expect(band?.high.at(-1)).toBeCloseTo(usualPart(1_200, 1_306, 1 / 4).high / 15, 9);
    expect(usualBand(trend(), starts, 60 * MINUTE, true)).toBeUndefined();
  });

  test('a live point counts the minute before it, and what was known too long ago is not held against it', () => {
    const ends = [-62, -61, 0, 2, 3].map((minutes) => NOW + minutes * MINUTE);
    expect(usualBand(trend(), ends, MINUTE, false)?.high.map((value) => value !== null)).toEqual([false, false, true, true, false]);
    expect(usualBand(trend(), [NOW - 59.5 * MINUTE], MINUTE, false)?.high[0]).not.toBeNull();
  });

  test('is nothing, and its place on the chart is kept, while less than a week is known', () => {
    for (const unknown of [null, trend({ expected_5m: null, high_5m: null, expected_1h: null, high_1h: null })]) {
      expect(usualBand(unknown, [NOW], MINUTE, true)).toMatchObject({ low: [null], high: [null] });
    }
  });
});
