import { useMemo } from 'react';
import { HISTORY_RANGES, type HistoryPoints, type HistoryRange, type HistoryRow } from '@agentpulse/react';
import type { Series } from '../../components/TimeChart';
import { countsOf, linesBefore } from '../../lib/ranges';

/** What was, for a forecast to go on from. */
export interface Past {
  times: readonly number[];
  values: readonly (number | null)[];
  /** The spans before. */
  before: readonly Series[];
  /** False until it is read: its lines have no values then, and their places in the legend. */
  read: boolean;
}

/** Of a history that is not read yet. */
function unread(range: HistoryRange): HistoryPoints<never> {
  return { times: [], ended: false, rows: [], before: HISTORY_RANGES[range].beforeMs.map((shiftMs) => ({ shiftMs, rows: [] })), completeFrom: null, filling: null };
}

/**
 * What was over a range, as so much in a given time, beside the spans before.
 *
 * @param points null until they are read
 * @param part of a row what is counted, null where that is not known; a constant
 */
export function usePast<R extends HistoryRow>(range: HistoryRange, points: HistoryPoints<R> | null, part: (row: R) => number | null, perMs: number): Past {
  return useMemo(() => {
    const of: HistoryPoints<R> = points ?? unread(range);
    const rate = (row: R) => {
      const counted = part(row);
      return counted === null ? null : (counted * perMs) / HISTORY_RANGES[range].stepMs;
    };
    const valuesOf = (rows: readonly (R | null)[], shiftMs: number) => countsOf(of, rows, shiftMs, rate);
    return { times: of.times, values: valuesOf(of.rows, 0), before: linesBefore(range, of, { color: '--c1' }, valuesOf), read: points !== null };
  }, [range, points, part, perMs]);
}
