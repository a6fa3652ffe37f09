import type { ForecastBasis, ForecastSlots, HistoryRange } from '@agentpulse/react';

export const BASIS_WORDS: Record<ForecastBasis, string> = {
  two_weeks: 'from yesterday and the same hours of the last two weeks',
  yesterday: 'from yesterday, until there are two weeks to go by',
  sum: 'the sum of the agents’ forecasts',
  level: 'the level of now, until there is a day to go by',
};

/** What a chart of a range shows of what was and of what is expected. */
export const SPAN_WORDS: Record<HistoryRange, string> = {
  '1h': 'the last hour and the next',
  '24h': 'the last day and the next',
  '7d': 'the last week and the next day',
  '30d': 'the last 30 days and the next day',
  '90d': 'the last 90 days and the next day',
};

const HOUR_SECONDS = 3_600;

/** Whether a range is shown by days, and of the next day only its mean. */
export function isByDays(range: HistoryRange): boolean {
  return range === '30d' || range === '90d';
}

/**
 * As much of a forecast as goes with a range: an hour beside an hour, and beside days the mean of the day. That has no band: how
 * far its quarters of an hour miss together is not known.
 */
export function forecastFor(range: HistoryRange, forecast: ForecastSlots): ForecastSlots {
  const { expected, low, high, slot_seconds } = forecast;
  if (isByDays(range)) {
    const mean = expected.reduce((sum, each) => sum + Number(each), 0) / expected.length;
    return { ...forecast, expected: expected.length === 0 ? [] : [mean], low: null, high: null };
  }
  // The slot of now, and those of the hour after it.
  const slots = range === '1h' ? 1 + HOUR_SECONDS / slot_seconds : expected.length;
  return { ...forecast, expected: expected.slice(0, slots), low: low && low.slice(0, slots), high: high && high.slice(0, slots) };
}

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
