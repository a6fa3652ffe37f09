// @vitest-environment happy-dom
import { act, cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { TimeChart } from '../../src/components/TimeChart';
import { recordCanvas, type Drawn } from '../fake/canvas';

const HOUR_MS = 3_600_000;
const QUARTERS = 96;
/** So many pixels may a label or a point be beside its place: uPlot draws on whole ones. */
const ROUNDING = 1;

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A live chart of a point each five seconds. */
async function drawLive(from: string, zone: string) {
  const drawn = recordCanvas();
  const times = Array.from({ length: 200 }, (_, index) => Date.parse(from) + index * 5_000);
  render(<TimeChart title="Live" times={times} series={[{ label: 'queries', color: '--c5', values: times.map(() => 1) }]} height={200} zone={zone} format={String} group="live" />);
  await act(async () => undefined);
  return drawn;
}

/** The chart of 24 hours from a moment on, in quarters of an hour, as history has them. */
async function drawDay(from: string, zone: string, width: number) {
  const drawn = recordCanvas(width);
  const begin = Date.parse(from);
  const times = Array.from({ length: QUARTERS }, (_, index) => begin + (index * HOUR_MS) / 4);
  const values = times.map((_, index) => index % 7);
  const { container } = render(
    <TimeChart title="A day" times={times} series={[{ label: 'queries', color: '--c5', values }]} height={200} zone={zone} format={String} group="day" unit="minutes" />,
  );
  // uPlot draws behind the task that gave it the data.
  await act(async () => undefined);
  return { drawn, container };
}

const pointsOf = ({ paths }: Drawn) => (paths.find(({ length }) => length === QUARTERS) ?? []).map(([x]) => x);

/** The words below the chart, each with the hours from the first point to where it stands. */
function labelsOf(drawn: Drawn): [text: string, hours: number][] {
  const points = pointsOf(drawn);
  const first = points[0] as number;
  const anHour = ((points.at(-1) as number) - first) / ((QUARTERS - 1) / 4);
  const bottom = Math.max(...drawn.texts.map(({ y }) => y));
  return drawn.texts
    .filter(({ y }) => y === bottom)
    .map(({ text, x }) => {
      const hours = Math.round((x - first) / anHour);
      expect(Math.abs(x - first - hours * anHour), text).toBeLessThanOrEqual(ROUNDING);
      return [text, hours];
    });
}

const THREE_HOURLY = ['06:00', '09:00', '12:00', '15:00', '18:00', '21:00'];

describe.each([
  {
    day: 'of 23 hours, Berlin, 29 March 2026',
    from: '2026-03-28T23:00:00Z',
    // 02:00 to 03:00 is left out: three o'clock is two hours after midnight, and the next day begins after 23.
    few: [['29 Mar', 0], ['03:00', 2], ...THREE_HOURLY.map((text, index) => [text, 5 + 3 * index]), ['30 Mar', 23]],
    many: [['29 Mar', 0], ['01:00', 1], ['03:00', 2], ['04:00', 3]],
  },
  {
    day: 'of 25 hours, Berlin, 25 October 2026',
    from: '2026-10-24T22:00:00Z',
    // 02:00 to 03:00 comes twice: three o'clock is four hours after midnight, and after 24 hours the day is not over.
    few: [['25 Oct', 0], ['03:00', 4], ...THREE_HOURLY.map((text, index) => [text, 7 + 3 * index])],
    many: [['25 Oct', 0], ['01:00', 1], ['02:00', 2], ['02:00', 3], ['03:00', 4]],
  },
])('17: a day $day', ({ from, few, many }) => {
  test('has its labels where the clocks of the zone show them', async () => {
    const { drawn } = await drawDay(from, 'Europe/Berlin', 600);
    expect(labelsOf(drawn)).toEqual(few);
  });

  test('has each hour that there was, where there is room for all', async () => {
    const { drawn } = await drawDay(from, 'Europe/Berlin', 2_400);
    expect(labelsOf(drawn).slice(0, many.length)).toEqual(many);
  });

  test('has its points as far apart as the time between them, without a gap and none on another', async () => {
    const { drawn } = await drawDay(from, 'Europe/Berlin', 2_400);
    const points = pointsOf(drawn);
    const first = points[0] as number;
    const step = ((points.at(-1) as number) - first) / (QUARTERS - 1);
    expect(points).toHaveLength(QUARTERS);
    points.forEach((x, index) => expect(Math.abs(x - first - index * step)).toBeLessThanOrEqual(ROUNDING));
  });
});

test('17: beside them, UTC has a label each three hours on the same days', async () => {
  for (const [from, day] of [['2026-03-29T00:00:00Z', '29 Mar'], ['2026-10-25T00:00:00Z', '25 Oct']] as const) {
    const { drawn } = await drawDay(from, 'UTC', 600);
    expect(labelsOf(drawn)).toEqual([[day, 0], ...['03:00', ...THREE_HOURLY].map((text, index) => [text, 3 + 3 * index])]);
    cleanup();
  }
});

test('17: the table of a chart has the hour that comes twice, in the order of time', async () => {
  const { container } = await drawDay('2026-10-24T22:00:00Z', 'Europe/Berlin', 600);
  act(() => container.querySelector('summary')?.click());
  await act(async () => undefined);
  const rows = [...container.querySelectorAll('tbody th')].map((row) => row.textContent).toReversed();
  expect(rows.slice(7, 17)).toEqual(['01:45', '02:00', '02:15', '02:30', '02:45', '02:00', '02:15', '02:30', '02:45', '03:00'].map((clock) => `25 Oct, ${clock}`));
});

test('17: a live chart has the zone’s time also in an hour that the browser’s own clock leaves out', async () => {
  const before = process.env.TZ;
  // On 8 March New York has no half past two.
  process.env.TZ = 'America/New_York';
  try {
    const { texts } = await drawLive('2026-03-08T01:20:00Z', 'Europe/Berlin');
    expect(texts.map(({ text }) => text)).toEqual(expect.arrayContaining(['02:20:00', '02:25:00', '02:30:00', '02:35:00']));
  } finally {
    if (before === undefined) {
      delete process.env.TZ;
    } else {
      process.env.TZ = before;
    }
  }
});
