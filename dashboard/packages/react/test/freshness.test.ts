import { describe, expect, test } from 'vitest';
import { ServerClock } from '../src/clock';
import { freshness, level } from '../src/freshness';

describe('the age of the figures', () => {
  test.each([[0, 'fresh'], [2_000, 'fresh'], [2_001, 'amber'], [10_000, 'amber'], [10_001, 'red'], [null, 'unknown']] as const)('of %s ms is %s', (age, expected) => {
    expect(level(age)).toBe(expected);
  });

  const fresh = { asOf: 1_000_000, serverNow: 1_000_300, sinceTickMs: 300, cause: null };

  test('is the server time less as_of, and never negative', () => {
    expect(freshness(fresh)).toEqual({ asOf: 1_000_000, ageMs: 300, level: 'fresh', stale: false, cause: null });
    expect(freshness({ ...fresh, serverNow: 999_990 }).ageMs).toBe(0);
  });

  test('is old after three seconds without a tick, by the job if nothing else is known', () => {
    expect(freshness({ ...fresh, sinceTickMs: 2_999 }).stale).toBe(false);
    expect(freshness({ ...fresh, sinceTickMs: 3_000 })).toMatchObject({ stale: true, cause: 'job' });
  });

  test('is old sooner where the cause is known, but not at the first hiccup', () => {
    expect(freshness({ ...fresh, sinceTickMs: 500, cause: 'gateway' })).toMatchObject({ stale: false, cause: null });
    expect(freshness({ ...fresh, sinceTickMs: 1_200, cause: 'gateway' })).toMatchObject({ stale: true, cause: 'gateway' });
    expect(freshness({ ...fresh, sinceTickMs: 1_200, cause: 'job' }).stale).toBe(false);
    expect(freshness({ ...fresh, sinceTickMs: 2_000, cause: 'job' })).toMatchObject({ stale: true, cause: 'job' });
  });

  test('of a pipeline that lags but works is red and not stale', () => {
    expect(freshness({ ...fresh, serverNow: 1_060_000 })).toMatchObject({ level: 'red', stale: false });
  });

  test('is unknown before the first tick', () => {
    expect(freshness({ asOf: null, serverNow: null, sinceTickMs: 0, cause: null })).toMatchObject({ stale: true, cause: 'starting', level: 'unknown' });
  });
});

describe("the server's clock", () => {
  test('is unknown before a message', () => {
    expect(new ServerClock(() => 5).now()).toBeNull();
  });

  test('follows the message that travelled fastest', () => {
    let moment = 1_000;
    const clock = new ServerClock(() => moment);
    clock.observe(50_000, 'database');
    moment = 2_000;
    clock.observe(50_950, 'database');
    expect(clock.now()).toBe(51_000);
    moment = 3_000;
    clock.observe(52_010, 'database');
    expect(clock.now()).toBe(52_010);
  });

  test('asks the database before the web server', () => {
    let moment = 0;
    const clock = new ServerClock(() => moment);
    clock.observe(90_000, 'http');
    expect(clock.now()).toBe(90_000);
    clock.observe(80_000, 'database');
    moment = 10;
    expect(clock.now()).toBe(80_010);
  });

  test('follows a clock that drifts through the day', () => {
    let moment = 0;
    const clock = new ServerClock(() => moment);
    // The server's clock loses 100 ms an hour against this computer's.
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      moment = minute * 60_000;
      clock.observe(moment * (1 - 100 / 3_600_000), 'database');
    }
    expect(Math.abs((clock.now() as number) - moment * (1 - 100 / 3_600_000))).toBeLessThan(20);
  });

  test('ignores what is no time', () => {
    const clock = new ServerClock(() => 0);
    clock.observe(Number.NaN, 'database');
    expect(clock.now()).toBeNull();
  });

  test('tells how far this computer is ahead', () => {
    const clock = new ServerClock(() => 0);
    clock.observe(1_000, 'database');
    expect(clock.browserAheadMillis(7_201_000)).toBe(7_200_000);
  });
});
