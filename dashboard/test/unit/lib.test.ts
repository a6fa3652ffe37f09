import { describe, expect, test } from 'vitest';
import { toCsv, fileName } from '../../src/lib/csv';
import { formatAge, formatClock, formatCount, formatDataAge, formatDuration, formatElapsed, formatMillis, formatPercent, formatScore, plural } from '../../src/lib/format';
import { keepOrder } from '../../src/lib/heldOrder';
import { clockTime, isoWithOffset } from '../../src/lib/zone';
import { checkConfig, conversationLink, ConfigError } from '../../src/config/config';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('figures', () => {
  test.each([null, undefined, Number.NaN, Infinity])('that are %s are N/A, never NaN, 0 or blank', (value) => {
    for (const format of [formatCount, formatMillis, formatPercent, formatScore, formatDuration]) {
      expect(format(value as number)).toBe('N/A');
    }
  });

  test('are read with their units', () => {
    expect(plain(formatMillis(83.2))).toBe('83 ms');
    expect(plain(formatMillis(4.25))).toBe('4.3 ms');
    expect(plain(formatMillis(1_234))).toBe('1,234 ms');
    expect(plain(formatMillis(12_345))).toBe('12.3 s');
    expect(plain(formatPercent(95.73))).toBe('95.7 %');
    expect(plain(formatPercent(100))).toBe('100 %');
    expect(formatCount(99_999)).toBe('99,999');
    expect(formatCount(1_284_113)).toBe('1.3M');
    expect(plural(1, 'agent')).toBe('1 agent');
    expect(plural(0, 'agent')).toBe('0 agents');
  });

  test('of time have two parts, of countdowns minutes and seconds', () => {
    expect(plain(formatDuration(8_400))).toBe('8 s');
    expect(plain(formatDuration(250_000))).toBe('4 m 10 s');
    expect(plain(formatDuration(3_600_000))).toBe('1 h');
    expect(plain(formatDuration(90_061_000))).toBe('1 d 1 h');
    expect(plain(formatAge(250_000))).toBe('4 m');
    expect(plain(formatAge(0))).toBe('0 s');
    expect(formatClock(72_000)).toBe('1:12');
    expect(formatClock(-41_900)).toBe('0:41');
    expect(formatClock(3_665_000)).toBe('61:05');
    expect(plain(formatDataAge(340))).toBe('0.3 s');
    expect(plain(formatDataAge(12_000))).toBe('12 s');
  });
});

test('how long something lasts keeps its width while it counts', () => {
  const at = (seconds: number) => plain(formatElapsed(seconds * 1_000));
  expect([at(8), at(60), at(245), at(3_599), at(7_500), at(90_061)]).toEqual(['8 s', '1 m 00 s', '4 m 05 s', '59 m 59 s', '2 h 05 m', '1 d 01 h']);
  expect(at(-1)).toBe('0 s');
});

describe('an order that is held', () => {
  test('keeps places, drops what left, adds what came at the end', () => {
    expect(keepOrder(['a', 'b', 'c'], ['c', 'd', 'a'])).toEqual(['a', 'c', 'd']);
  });
});

describe('a file', () => {
  test('has cells that no spreadsheet takes for a formula, and quotes what needs them', () => {
    expect(toCsv(['a', 'b'], [['=1+1', '-2'], ['x,"y"', null], ['@me', 3]])).toBe('\ufeffa,b\r\n\'=1+1,\'-2\r\n"x,""y""",\r\n\'@me,3\r\n');
  });

  test('is named after its view and range, with what every file system takes', () => {
    expect(fileName(['agents', '2026-01-01T00:00:00.000+01:00'], 'csv')).toBe('agentpulse_agents_2026-01-01T00-00-00.000-01-00.csv');
  });
});

describe('zones', () => {
  test.each([
    ['2026-03-29T00:59:59Z', '2026-03-29T01:59:59.000+01:00'],
    ['2026-03-29T01:00:00Z', '2026-03-29T03:00:00.000+02:00'],
    ['2026-10-25T00:30:00Z', '2026-10-25T02:30:00.000+02:00'],
    ['2026-10-25T01:30:00Z', '2026-10-25T02:30:00.000+01:00'],
  ])('%s in Berlin is %s, through days of 23 and 25 hours', (utc, berlin) => {
    expect(isoWithOffset(utc, 'Europe/Berlin')).toBe(berlin);
  });

  test('of half hours and none', () => {
    expect(isoWithOffset('2026-01-01T00:00:00Z', 'Asia/Kolkata')).toBe('2026-01-01T05:30:00.000+05:30');
    expect(isoWithOffset('2026-01-01T00:00:00Z', 'UTC')).toBe('2026-01-01T00:00:00.000+00:00');
    expect(clockTime('2026-01-01T00:00:00Z', 'UTC')).toBe('00:00:00');
  });
});

describe('the configuration', () => {
  globalThis.location ??= { origin: 'http://page.test' } as Location;

  test('has an address and a key, or says what is missing', () => {
    expect(() => checkConfig({})).toThrow(ConfigError);
    expect(() => checkConfig({ url: 'http://x', anonKey: '' })).toThrow('anonKey');
    expect(checkConfig({ url: '', anonKey: 'k' }).url).toBe('http://page.test');
  });

  test('takes links to pages only, and fills in a conversation so that it stays one part of the address', () => {
    const link = (conversation: string) => checkConfig({ url: '', anonKey: 'k', links: { conversation } });
    expect(link('javascript:alert(1)').links).toEqual({});
    expect(link('//evil.test/{conversation_id}').links).toEqual({});
    const config = link('https://tool.test/c/{conversation_id}');
    expect(conversationLink(config, 'a/b?c')).toBe('https://tool.test/c/a%2Fb%3Fc');
    expect(conversationLink(config, null)).toBeNull();
  });

  test('is a demo only where it says so', () => {
    expect(checkConfig({ url: '', anonKey: 'k', demo: 'yes' }).demo).toBe(false);
    expect(checkConfig({ url: '', anonKey: 'k', demo: true }).demo).toBe(true);
    expect(checkConfig({ url: '', anonKey: 'k', demo: true, token: 't' }).token).toBe('t');
    expect(checkConfig({ url: '', anonKey: 'k', token: 't' })).not.toHaveProperty('token');
  });
});
