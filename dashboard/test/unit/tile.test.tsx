// @vitest-environment happy-dom
import { cleanup, render } from '@testing-library/react';
import type { Answer, Compared, Comparison } from '@agentpulse/react';
import { afterEach, expect, test } from 'vitest';
import { TileChange } from '../../src/app/TileChange';

afterEach(cleanup);

const ready = (waiting: Comparison | null): Answer<Compared> => ({ state: 'ready', value: { queries: null, latency: null, waiting, unsafe: null } });

test('a tile compares the figure that it shows, not the one of a minute ago', () => {
  const waiting = { from: 0, to: 0, now: 93, yesterday: 81, lastWeek: 'unknown' as const };
  const { container, rerender } = render(<TileChange of="waiting" answer={ready(waiting)} now={93} />);
  const lines = () => [...container.querySelectorAll('.tile-change > span')].map((line) => line.textContent);
  expect(lines()).toEqual(['+12 on yesterday', 'no last week yet']);
  rerender(<TileChange of="waiting" answer={ready(waiting)} now={80} />);
  expect(lines()).toEqual(['−1 on yesterday', 'no last week yet']);
  // Where there is nothing to compare by, its lines are empty, and as high.
  rerender(<TileChange of="waiting" answer={ready(null)} now={93} />);
  expect(lines()).toEqual(['\u00a0', '\u00a0']);
});
