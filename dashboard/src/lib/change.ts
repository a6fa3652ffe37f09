import type { Comparison, Then } from '@agentpulse/react';
import { formatCount, formatExactCount, formatMillis, formatPercent, NOT_AVAILABLE } from './format';
import { dayAndMinute } from './zone';

/** How a figure is compared: in percent of what it was, or by how much it differs. */
export type ChangeKind = 'queries' | 'latency' | 'waiting' | 'unsafe';

const NARROW = '\u202f';
const DAY_MS = 86_400_000;
/** Beyond, a percentage says no more than that it is many times as much. */
const MOST_PERCENT = 999;

/** By how much a figure differs from what it was: null where one of them is not there, unknown where history does not reach. */
export function changeOf(kind: ChangeKind, now: Then, then: Then): Then {
  if (now === 'unknown' || then === 'unknown') {
    return 'unknown';
  }
  if (now === null || then === null) {
    return null;
  }
  if (kind === 'waiting' || kind === 'unsafe') {
    return now - then;
  }
  return then === 0 ? null : (100 * (now - then)) / then;
}

function magnitude(kind: ChangeKind, change: number): string {
  const size = Math.abs(change);
  switch (kind) {
    case 'waiting':
      return formatCount(size);
    case 'unsafe':
      return `${size.toFixed(1)}${NARROW}pt`;
    default:
      return size > MOST_PERCENT ? `over ${MOST_PERCENT}${NARROW}%` : formatPercent(Math.round(size), 0);
  }
}

/** With its sign; empty where both are the same as far as one sees. */
export function signedChange(kind: ChangeKind, change: number): string {
  const text = magnitude(kind, change);
  return text === magnitude(kind, 0) ? '' : text.startsWith('over') ? text : `${change > 0 ? '+' : '−'}${text}`;
}

/** A line of a tile: "+18 % on yesterday", "as yesterday", "no yesterday yet". */
export function changeLine(kind: ChangeKind, comparison: Comparison, which: 'yesterday' | 'lastWeek'): string {
  const name = which === 'yesterday' ? 'yesterday' : 'last week';
  const change = changeOf(kind, comparison.now, comparison[which]);
  if (change === 'unknown') {
    return `no ${name} yet`;
  }
  if (change === null) {
    return comparison.now === null ? 'nothing to compare' : `nothing ${name}`;
  }
  const signed = signedChange(kind, change);
  return signed === '' ? `as ${name}` : `${signed} on ${name}`;
}

/** The lines of a tile: what is the same for both spans is said once. */
export function changeLines(kind: ChangeKind, comparison: Comparison): string[] {
  const yesterday = changeLine(kind, comparison, 'yesterday');
  const bothUnknown = changeOf(kind, comparison.now, comparison.yesterday) === 'unknown' && changeOf(kind, comparison.now, comparison.lastWeek) === 'unknown';
  return bothUnknown || comparison.now === null ? [yesterday] : [yesterday, changeLine(kind, comparison, 'lastWeek')];
}

function value(kind: ChangeKind, figure: Then): string {
  if (figure === 'unknown') {
    return 'not kept yet';
  }
  if (figure === null) {
    return NOT_AVAILABLE;
  }
  return kind === 'latency' ? formatMillis(figure) : kind === 'unsafe' ? formatPercent(figure) : formatExactCount(figure);
}

/** The whole comparison in words: the spans, and what each held. */
export function changeDetail(kind: ChangeKind, { from, to, now, yesterday, lastWeek }: Comparison, zone: string): string {
  if (kind === 'waiting') {
    const then = (days: number, figure: Then) => `at ${dayAndMinute(to - days * DAY_MS, zone)} ${value(kind, figure)}`;
    return `${value(kind, now)} wait now; ${then(1, yesterday)}, ${then(7, lastWeek)}`;
  }
  const unit = kind === 'queries' ? ' queries' : '';
  return `${value(kind, now)}${unit} from ${dayAndMinute(from, zone)} to ${dayAndMinute(to, zone)}; a day before ${value(kind, yesterday)}, a week before ${value(kind, lastWeek)}`;
}
