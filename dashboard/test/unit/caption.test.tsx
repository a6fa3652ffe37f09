// @vitest-environment happy-dom
import { act, cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LegendMark } from '../../src/components/ChartParts';
import { TimeChart, type Band, type Series, type Span } from '../../src/components/TimeChart';
import { recordCanvas } from '../fake/canvas';

beforeEach(() => void recordCanvas());
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const MINUTE = 60_000;
const TIMES = [0, 1, 2, 3].map((each) => each * MINUTE);
const line = (values: Series['values'], more: Partial<Series> = {}): Series => ({ label: 'queries', color: '--c5', values, ...more });

interface Shown {
  series: readonly Series[];
  band?: Band;
  spans?: readonly Span[];
}

function chart({ series, band, spans = [] }: Shown) {
  return <TimeChart title="Volume" times={TIMES} series={series} band={band} spans={spans} spanWord="unusually many" height={100} zone="UTC" format={(value) => (value === null ? 'N/A' : String(value))} group="g" unit="minutes" />;
}

const said = (container: HTMLElement) => container.querySelector('.time-chart-cursor')?.textContent?.split('   ').slice(1).join(' | ');

test('the line below a chart has the band and the incident of its moment, and nothing of what is not there', () => {
  const band = (high: number | null): Band => ({ label: 'usual', low: [null, null, null, high === null ? null : 2], high: [null, null, null, high] });
  const compared = line([null, null, null, null], { label: 'a day before', compared: true });
  const { container, rerender } = render(chart({ series: [line([1, 2, 3, 4]), compared], band: band(9), spans: [{ from: 3 * MINUTE, to: null }] }));
  expect(said(container)).toBe('queries 4 · usual 2 to 9 | unusually many');
  // A minute later, with a day before that is known.
  rerender(chart({ series: [line([1, 2, 3, 4]), { ...compared, values: [null, null, null, 5] }], band: band(null), spans: [{ from: 0, to: 2 * MINUTE }] }));
  expect(said(container)).toBe('queries 4 · a day before 5');
  // A figure that is missing is said to be.
  rerender(chart({ series: [line([null, null, null, null])], band: band(null) }));
  expect(said(container)).toBe('queries N/A');
});

test('its table has the columns of a band that is known, and none of one that is not', async () => {
  const heads = async (high: number | null) => {
    const { container } = render(chart({ series: [line([1, 2, 3, 4])], band: { label: 'usual', low: [null, null, null, high], high: [null, null, null, high] } }));
    act(() => container.querySelector('summary')?.click());
    await act(async () => undefined);
    return [...container.querySelectorAll('thead th')].map((head) => head.textContent);
  };
  expect(await heads(5)).toEqual(['Time', 'queries', 'usual, from', 'to']);
  expect(await heads(null)).toEqual(['Time', 'queries']);
});

test('a chart is not made anew when its band comes', async () => {
  const nothing: Band = { label: 'usual', low: [null, null, null, null], high: [null, null, null, null] };
  const { container, rerender } = render(chart({ series: [line([1, 2, 3, 4])], band: nothing }));
  await act(async () => undefined);
  const canvas = container.querySelector('canvas');
  expect(canvas).not.toBeNull();
  rerender(chart({ series: [line([1, 2, 3, 4])], band: { ...nothing, low: [1, 1, 1, 1], high: [9, 9, 9, 9] } }));
  await act(async () => undefined);
  expect(container.querySelector('canvas')).toBe(canvas);
});

test('a legend keeps the room of what is not on the chart yet, and says nothing of it', () => {
  const { container, rerender } = render(<LegendMark kind="span" shown={false}>degraded</LegendMark>);
  expect(container.textContent).toBe('');
  expect(container.querySelector('.legend-room')?.getAttribute('data-word')).toBe('degraded');
  rerender(<LegendMark kind="span">degraded</LegendMark>);
  expect(container.textContent).toBe('degraded');
  expect(container.querySelector('.legend-room')).toBeNull();
});
