// @vitest-environment happy-dom
import { act, cleanup, render } from '@testing-library/react';
import { Profiler } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TimeChart } from '../../src/components/TimeChart';
import { announcer } from '../../src/lib/announce';
import { recordCanvas } from '../fake/canvas';

beforeEach(() => {
  vi.useFakeTimers();
  recordCanvas();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('of texts that come each second, one in five is announced, the newest, and none twice in a row', () => {
  const announced: string[] = [];
  const { offer } = announcer((text) => announced.push(text));
  for (let second = 0; second < 12; second += 1) {
    offer(`${second}`);
    vi.advanceTimersByTime(1_000);
  }
  expect(announced).toEqual(['0', '4', '9']);
  vi.advanceTimersByTime(10_000);
  expect(announced).toEqual(['0', '4', '9', '11']);
  offer('11');
  vi.advanceTimersByTime(10_000);
  expect(announced).toHaveLength(4);
});

test('a chart that has the focus announces its newest value once in five seconds, without rendering for it; another one nothing', () => {
  let renders = 0;
  const chart = (name: string, points: number) => (
    <TimeChart
      title={name}
      times={Array.from({ length: points }, (_, index) => index * 1_000)}
      series={[{ label: 'queries', color: '--c5', values: Array.from({ length: points }, (_, index) => index) }]}
      height={200}
      zone="UTC"
      format={String}
      group={name}
    />
  );
  const page = (points: number) => (
    <Profiler id="charts" onRender={() => void (renders += 1)}>
      {chart('one', points)}
      {chart('other', points)}
    </Profiler>
  );
  const { container, rerender } = render(page(2));
  const [region, otherRegion] = container.querySelectorAll('[aria-live=polite]');
  const announced: string[] = [];
  const tick = (points: number) => {
    rerender(page(points));
    const before = renders;
    act(() => vi.advanceTimersByTime(1_000));
    expect(renders).toBe(before);
    if (region?.textContent !== announced.at(-1)) {
      announced.push(region?.textContent ?? '');
    }
  };
  tick(3);
  expect(announced).toEqual(['']);
  act(() => container.querySelector<HTMLElement>('[role=slider]')?.focus());
  for (let points = 4; points < 15; points += 1) {
    tick(points);
  }
  expect(announced).toEqual(['', '00:00:03   queries 3', '00:00:07   queries 7', '00:00:12   queries 12']);
  expect(otherRegion?.textContent).toBe('');
  act(() => container.querySelector<HTMLElement>('[role=slider]')?.blur());
  tick(15);
  expect(region?.textContent).toBe('');
});
