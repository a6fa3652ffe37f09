import { useMemo, type ReactNode } from 'react';
import { HISTORY_RANGES, rangeOfSpan, useAgentHistory, type AgentHistory, type HistoryPoints, type HistorySpan } from '@agentpulse/react';
import { HistoryCharts, HistoryWait, type HistoryChart } from '../../components/HistoryCharts';
import type { Mark } from '../../components/TimeChart';
import { formatCount, formatMillis } from '../../lib/format';
import { countsOf, figuresOf, linesBefore } from '../../lib/ranges';
import { useDegradedPast } from './degraded';
import { LIMIT_MS } from './limit';

const MINUTE_MS = 60_000;

interface AgentHistoryChartsProps {
  agent: string;
  span: HistorySpan;
  heights: [number, number];
  marks: readonly Mark[];
  /** What else there is to show of these points, below the charts. */
  below?: ((points: HistoryPoints) => ReactNode) | undefined;
}

/** Latency and volume, each beside the span before; what is compared is dashed. */
function chartsOf(points: HistoryPoints, span: HistorySpan): HistoryChart[] {
  const { stepMs } = HISTORY_RANGES[rangeOfSpan(span)];
  const perMinute = (row: AgentHistory) => (row.query_count * MINUTE_MS) / stepMs;
  return [
    {
      title: 'Latency',
      format: formatMillis,
      limit: LIMIT_MS,
      series: [
        { label: 'p99', color: '--c4', values: figuresOf(points.rows, (row) => row.p99_latency_ms), width: 1.25 },
        { label: 'p95', color: '--c2', values: figuresOf(points.rows, (row) => row.p95_latency_ms), width: 1.5 },
        { label: 'p50', color: '--c1', values: figuresOf(points.rows, (row) => row.p50_latency_ms), width: 2 },
        ...linesBefore(span, points, { label: 'p95 ', color: '--c2' }, (rows) => figuresOf(rows, (row) => row.p95_latency_ms)),
      ],
    },
    {
      title: 'Queries a minute',
      format: (value) => formatCount(value === null ? null : value < 100 ? Math.round(value * 10) / 10 : Math.round(value)),
      series: [
        { label: 'queries', color: '--c5', values: countsOf(points, points.rows, 0, perMinute) },
        ...linesBefore(span, points, { color: '--c5' }, (rows, shiftMs) => countsOf(points, rows, shiftMs, perMinute)),
      ],
    },
  ];
}

/** One agent over hours or days, from stored history, with the same span a day or some weeks before. */
export default function AgentHistoryCharts({ agent, span, heights, marks, below }: AgentHistoryChartsProps) {
  const answer = useAgentHistory(agent, span);
  const past = useDegradedPast(agent, span, marks);
  const points = answer.state === 'ready' ? answer.value : null;
  const charts = useMemo(() => (points === null ? [] : chartsOf(points, span)), [points, span]);
  if (points === null) {
    return <HistoryWait answer={answer} />;
  }
  const [latency, volume] = charts as [HistoryChart, HistoryChart];
  return (
    <>
      <HistoryCharts name={agent} span={span} points={points} heights={heights} charts={[{ ...latency, ...past, spanWord: 'degraded' }, volume]} />
      {below?.(points)}
    </>
  );
}
