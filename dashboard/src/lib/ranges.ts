import type { HistoryPoints, HistoryRange, HistoryRow } from '@agentpulse/react';
import type { Series } from '../components/TimeChart';

/** What each range is in words: its button, its bucket, and what it is compared with, the nearest first. */
export const RANGE_WORDS: Record<HistoryRange, { label: string; title: string; bucket: string; before: readonly string[] }> = {
  '1h': { label: '1 h', title: 'The last hour by the minute, beside the same hour of yesterday and of a week ago', bucket: 'each minute', before: ['a day before', 'a week before'] },
  '24h': { label: '24 h', title: 'The last day by quarters of an hour, beside the day before and a week ago', bucket: 'each quarter of an hour', before: ['a day before', 'a week before'] },
  '7d': { label: '7 d', title: 'The last week by the hour, beside the week before', bucket: 'each hour', before: ['a week before'] },
  '30d': { label: '30 d', title: 'The last 30 days of UTC, beside those of four weeks before', bucket: 'each day', before: ['four weeks before'] },
  '90d': { label: '90 d', title: 'The last 90 days of UTC, beside those of 13 weeks before', bucket: 'each day', before: ['13 weeks before'] },
};

export const RANGE_OPTIONS = Object.entries(RANGE_WORDS).map(([value, { label, title }]) => ({ value: value as HistoryRange, label, title }));

/** Of charts that can also show what has come since the page opened. */
export const RANGES = [{ value: 'live' as const, label: 'Live', title: 'The last minute, again and again, since this page opened' }, ...RANGE_OPTIONS];

/** A range from the address; null for what is live. */
export function chosenRange(text: string | null): HistoryRange | null {
  return text !== null && text in RANGE_WORDS ? (text as HistoryRange) : null;
}

/** A range from the address. */
export function rangeOf(text: string | null, otherwise: HistoryRange): HistoryRange {
  return chosenRange(text) ?? otherwise;
}

/** Of each bucket a figure; null where there is none. */
export function figuresOf<R>(rows: readonly (R | null)[], figure: (row: R) => number | null): (number | null)[] {
  return rows.map((row) => (row === null ? null : figure(row)));
}

/**
 * Counts of each bucket: none where history is complete and has no row, unknown where it does not reach, and unknown of a
 * bucket that has not ended.
 */
export function countsOf<R extends HistoryRow>({ times, completeFrom }: HistoryPoints<R>, rows: readonly (R | null)[], shiftMs: number, count: (row: R) => number): (number | null)[] {
  return rows.map((row, index) => {
    if (row !== null) {
      return row.final ? count(row) : null;
    }
    const known = completeFrom !== null && (times[index] as number) - shiftMs >= completeFrom;
    const open = shiftMs === 0 && index === times.length - 1;
    return known && !open ? 0 : null;
  });
}

/** Dashed what is nearest, dotted what is further back. */
const DASHES = [
  [5, 4],
  [1.5, 3.5],
];

/** A line for each span before: what it is called, and its values. */
export function linesBefore<R extends HistoryRow>(
  range: HistoryRange,
  { before }: HistoryPoints<R>,
  { label = '', color }: { label?: string; color: string },
  valuesOf: (rows: readonly (R | null)[], shiftMs: number) => (number | null)[],
): Series[] {
  return before.map(({ shiftMs, rows }, index) => ({
    label: `${label}${RANGE_WORDS[range].before[index]}`,
    color,
    values: valuesOf(rows, shiftMs),
    width: 1,
    dash: DASHES[index] as number[],
  }));
}
