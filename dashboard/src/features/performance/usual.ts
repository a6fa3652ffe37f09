import type { AgentTrend } from '@agentpulse/react';
import type { Band } from '../../components/TimeChart';

const MINUTE_MS = 60_000;
const FIVE_MINUTES_MS = 5 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** What is known of half a minute ago holds for so long. */
const HOLDS_MS = 2 * MINUTE_MS;
/** Of longer buckets the last hour has one or two: no band to see. */
const LONGEST_MS = 15 * MINUTE_MS;

/**
 * Between which counts a part of a window is usual, from what is expected of the whole window and the upper end of what is usual
 * in it. A part is known less well than the whole: the distance is taken where counts scatter alike, on the scale of their square
 * roots, as the job takes it (VolumeDetector), and with the noise that the window has.
 *
 * @param share of the window that the part is, above 0 and up to 1
 */
export function usualPart(expected: number, high: number, share: number): { low: number; high: number } {
  const root = (count: number) => Math.sqrt(count + 0.375);
  const half = root(high) - root(expected);
  const middle = root(expected * share);
  const count = (of: number) => Math.max(0, of ** 2 - 0.375);
  return { low: middle <= half ? 0 : count(middle - half), high: count(middle + half) };
}

/**
 * What is usual at each point, as queries a minute: in the last five minutes by what is expected of these, in the last hour by what
 * is expected of that; null before, and of an agent of which less than a week is known.
 *
 * @param lengthMs how much time a point counts
 * @param begins whether a point stands where its time begins, or where it ends
 */
export function usualBand(trend: AgentTrend | null, times: readonly number[], lengthMs: number, begins: boolean): Band | undefined {
  if (lengthMs > LONGEST_MS) {
    return undefined;
  }
  const asOf = trend === null ? NaN : Date.parse(trend.as_of);
  const part = (expected: number | null | undefined, high: number | null | undefined, windowMs: number) =>
    expected == null || high == null ? null : usualPart(expected, high, lengthMs / windowMs);
  const ofFive = lengthMs > FIVE_MINUTES_MS ? null : part(trend?.expected_5m, trend?.high_5m, FIVE_MINUTES_MS);
  const ofHour = part(trend?.expected_1h, trend?.high_1h, HOUR_MS);
  const usual = times.map((time) => {
    const age = asOf - (begins ? time + lengthMs / 2 : time - lengthMs / 2);
    return !(age > -HOLDS_MS) || age > HOUR_MS ? null : age <= FIVE_MINUTES_MS ? (ofFive ?? ofHour) : ofHour;
  });
  const aMinute = (count: number | undefined) => (count === undefined ? null : (count * MINUTE_MS) / lengthMs);
  return {
    label: 'usual',
    words: 'usual, last hour',
    title: 'Within three standard deviations of what this time of the two weeks before makes expected, at the level of today',
    low: usual.map((each) => aMinute(each?.low)),
    high: usual.map((each) => aMinute(each?.high)),
  };
}
