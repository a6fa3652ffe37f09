import type { ForecastBasis, ForecastSlots } from '@agentpulse/react';

export const BASIS_WORDS: Record<ForecastBasis, string> = {
  two_weeks: 'from yesterday and the same hours of the last two weeks',
  yesterday: 'from yesterday, until there are two weeks to go by',
  sum: 'the sum of the agents’ forecasts',
  level: 'the level of now, until there is a day to go by',
};

export interface ForecastLine {
  times: number[];
  known: (number | null)[];
  expected: (number | null)[];
  /** Null where the forecast does not say how sure it is yet. */
  band: { low: (number | null)[]; high: (number | null)[] } | null;
}

/**
 * What is known, and then what is expected: one line that goes on from the other, so that both meet in the last known point.
 * What both have is known.
 */
export function forecastLine(times: readonly number[], values: readonly (number | null)[], forecast: ForecastSlots, scale = 1): ForecastLine {
  const first = Date.parse(forecast.first_slot);
  const last = values.findLastIndex((value) => value !== null);
  const lastTime = last < 0 ? -Infinity : (times[last] as number);
  const past = times.slice(0, last + 1);
  const slots = forecast.expected.map((_, index) => ({ time: first + index * forecast.slot_seconds * 1_000, index })).filter(({ time }) => time > lastTime);
  const bridge = last < 0 ? null : (values[last] as number);
  const ahead = (of: readonly number[]) => [...past.map((_, index) => (index === last ? bridge : null)), ...slots.map(({ index }) => Number(of[index]) * scale)];
  return {
    times: [...past, ...slots.map(({ time }) => time)],
    known: [...values.slice(0, last + 1), ...slots.map(() => null)],
    expected: ahead(forecast.expected),
    band: forecast.low === null || forecast.high === null ? null : { low: ahead(forecast.low), high: ahead(forecast.high) },
  };
}
