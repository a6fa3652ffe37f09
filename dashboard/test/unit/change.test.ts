import { expect, test } from 'vitest';
import type { Comparison } from '@agentpulse/react';
import { changeDetail, changeLines, changeOf, signedChange } from '../../src/lib/change';

const of = (now: Comparison['now'], yesterday: Comparison['now'], lastWeek: Comparison['now']): Comparison => ({ from: 0, to: 3_600_000, now, yesterday, lastWeek });
const plain = (lines: string[]) => lines.map((line) => line.replaceAll('\u202f', ' '));

test('a tile says by how much, and why it cannot', () => {
  expect(plain(changeLines('queries', of(118, 100, 122)))).toEqual(['+18 % on yesterday', '−3 % on last week']);
  expect(plain(changeLines('queries', of(100, 100, 0)))).toEqual(['as yesterday', 'nothing last week']);
  expect(plain(changeLines('queries', of(100, 100.4, 1)))).toEqual(['as yesterday', 'over 999 % on last week']);
  expect(plain(changeLines('latency', of(50, 'unknown', 'unknown')))).toEqual(['no yesterday yet']);
  expect(plain(changeLines('latency', of(50, 40, 'unknown')))).toEqual(['+25 % on yesterday', 'no last week yet']);
  expect(plain(changeLines('latency', of(null, 40, 30)))).toEqual(['nothing to compare']);
  expect(plain(changeLines('waiting', of(93, 81, 96)))).toEqual(['+12 on yesterday', '−3 on last week']);
  expect(plain(changeLines('waiting', of(93, 0, null)))).toEqual(['+93 on yesterday', 'nothing last week']);
  expect(plain(changeLines('unsafe', of(2.4, 2, 2.42)))).toEqual(['+0.4 pt on yesterday', 'as last week']);
});

test('a change from nothing is none, and one to nothing is all', () => {
  expect(changeOf('queries', 5, 0)).toBeNull();
  expect(changeOf('queries', 0, 5)).toBe(-100);
  expect(changeOf('waiting', 0, 0)).toBe(0);
  expect(signedChange('waiting', 0)).toBe('');
});

test('the whole comparison names its spans and both figures', () => {
  expect(changeDetail('queries', of(101_180, 1_000, 'unknown'), 'UTC')).toBe('101,180 queries from 1 Jan, 00:00 to 1 Jan, 01:00; a day before 1,000, a week before not kept yet');
  const waiting = { ...of(93, 81, 'unknown'), to: Date.parse('2026-11-26T14:00:00Z') };
  expect(changeDetail('waiting', waiting, 'UTC')).toBe('93 wait now; at 25 Nov, 14:00 81, at 19 Nov, 14:00 not kept yet');
});
