import { useMemo } from 'react';
import { bucketsOf, rangeOfSpan, type FixedRange, type HistoryPoints, type HistoryRange, type HistoryRow, type HistorySpan } from '@agentpulse/react';
import type { Series } from '../components/TimeChart';
import { readUrl, useUrl, writeUrl } from './url';

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

/** Which parameter of the address says how far charts go back: those of a drawer, those of all agents, or those of capacity. */
export type RangeName = 'range' | 'trend' | 'past';

function chosenRange(text: string | null): HistoryRange | null {
  return text !== null && text in RANGE_WORDS ? (text as HistoryRange) : null;
}

/** What a link has fixed; null where one of both is no time, or the end comes first. */
export function fixedRange(from: string | null, to: string | null): FixedRange | null {
  const range = { from: Date.parse(from ?? ''), to: Date.parse(to ?? '') };
  return range.from < range.to ? range : null;
}

/** The span from the address, which holds for all charts of history where it is fixed; null for what is live. */
export function useHistorySpan(name: RangeName): HistorySpan | null {
  const chosen = chosenRange(useUrl(name));
  const from = useUrl('from');
  const to = useUrl('to');
  const fixed = useMemo(() => fixedRange(from, to), [from, to]);
  return fixed ?? chosen;
}

/** What opens a drawer with charts that are not live at first, and how far these go back then. */
const FIRST_OF_HISTORY: HistoryRange = '24h';

/**
 * A link that shows the same to whoever opens it later: a range that moves on with the clock becomes from and to. What stands
 * behind # stays here, as it may be a token.
 */
export function frozenLink(address: string, now: number): string {
  const url = new URL(address);
  const query = url.searchParams;
  const ofDrawer = query.has('agent') ? chosenRange(query.get('range')) : query.has('history') ? rangeOf(query.get('range')) : null;
  const range = ofDrawer ?? chosenRange(query.get('trend'));
  if (range !== null && fixedRange(query.get('from'), query.get('to')) === null) {
    query.delete('range');
    query.delete('trend');
    query.set('from', new Date(bucketsOf(range, now).from).toISOString());
    query.set('to', new Date(now).toISOString());
  }
  url.hash = '';
  return url.href;
}

function rangeOf(text: string | null): HistoryRange {
  return chosenRange(text) ?? FIRST_OF_HISTORY;
}

/** Of charts that go on into the next hours: they move on with the clock, and no link fixes them. */
export function useMovingRange(): HistoryRange {
  return rangeOf(useUrl('past'));
}

/** As useHistorySpan, of charts that are never live. */
export function useHistoryOnly(name: RangeName): HistorySpan {
  return useHistorySpan(name) ?? FIRST_OF_HISTORY;
}

/** Of each bucket a figure; null where there is none. */
export function figuresOf<R>(rows: readonly (R | null)[], figure: (row: R) => number | null): (number | null)[] {
  return rows.map((row) => (row === null ? null : figure(row)));
}

/**
 * Counts of each bucket: none where history is complete and has no row, unknown where it does not reach, and unknown of a
 * bucket that has not ended.
 */
export function countsOf<R extends HistoryRow>({ times, ended, completeFrom }: HistoryPoints<R>, rows: readonly (R | null)[], shiftMs: number, count: (row: R) => number | null): (number | null)[] {
  return rows.map((row, index) => {
    if (row !== null) {
      return row.final ? count(row) : null;
    }
    const known = completeFrom !== null && (times[index] as number) - shiftMs >= completeFrom;
    const open = !ended && shiftMs === 0 && index === times.length - 1;
    return known && !open ? 0 : null;
  });
}

/** Whether charts show the spans before, too: they do unless the address says otherwise. */
export function useComparison(): boolean {
  return useUrl('compare') !== 'off';
}

export function toggleComparison(): void {
  writeUrl({ compare: readUrl('compare') === 'off' ? null : 'off' });
}

/** Dashed what is nearest, dotted what is further back. */
const DASHES = [
  [5, 4],
  [1.5, 3.5],
];

/** A line for each span before: what it is called, and its values. */
export function linesBefore<R extends HistoryRow>(
  span: HistorySpan,
  { before }: HistoryPoints<R>,
  { label = '', color }: { label?: string; color: string },
  valuesOf: (rows: readonly (R | null)[], shiftMs: number) => (number | null)[],
): Series[] {
  return before.map(({ shiftMs, rows }, index) => ({
    label: `${label}${RANGE_WORDS[rangeOfSpan(span)].before[index]}`,
    color,
    values: valuesOf(rows, shiftMs),
    width: 1,
    dash: DASHES[index] as number[],
    compared: true,
  }));
}
