import { useMemo, type ReactNode } from 'react';
import { HISTORY_RANGES, rangeOfSpan, useAgentHistory, type AgentHistory, type AgentTrend, type HistoryPoints, type HistorySpan } from '@agentpulse/react';
import { HistoryCharts, HistoryWait, type HistoryChart } from '../../components/HistoryCharts';
import type { Mark } from '../../components/TimeChart';
import { formatMillis, formatRate } from '../../lib/format';
import { AGENT_RULES, LATENCY_RULES, usePastIncidents, useSpansOf, VOLUME_RULES } from '../../lib/incidentSpans';
import { countsOf, figuresOf, linesBefore } from '../../lib/ranges';
import { LIMIT_MS } from './limit';
import { usualBand } from './usual';

const MINUTE_MS = 60_000;

interface AgentHistoryChartsProps {
  agent: string;
  span: HistorySpan;
  heights: [number, number];
  marks: readonly Mark[];
  /** What it should be asked; null while that is not known. */
  trend: AgentTrend | null;
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
      format: formatRate,
      series: [
        { label: 'queries', color: '--c5', values: countsOf(points, points.rows, 0, perMinute) },
        ...linesBefore(span, points, { color: '--c5' }, (rows, shiftMs) => countsOf(points, rows, shiftMs, perMinute)),
      ],
    },
  ];
}

/** One agent over hours or days, from stored history, with the same span a day or some weeks before. */
export default function AgentHistoryCharts({ agent, span, heights, marks: noted, trend, below }: AgentHistoryChartsProps) {
  const answer = useAgentHistory(agent, span);
  const { read, marks } = usePastIncidents(AGENT_RULES, agent, span, noted);
  const slow = useSpansOf(LATENCY_RULES, agent, read);
  const unusual = useSpansOf(VOLUME_RULES, agent, read);
  const points = answer.state === 'ready' ? answer.value : null;
  const charts = useMemo(() => (points === null ? [] : chartsOf(points, span)), [points, span]);
  const band = useMemo(() => (points === null ? undefined : usualBand(trend, points.times, HISTORY_RANGES[rangeOfSpan(span)].stepMs, true)), [points, span, trend]);
  if (points === null) {
    return <HistoryWait answer={answer} />;
  }
  const [latency, volume] = charts as [HistoryChart, HistoryChart];
  const marked = [
    { ...latency, spans: slow, spanWord: 'degraded or unusually slow', marks },
    { ...volume, ...(band ? { band } : {}), spans: unusual, spanWord: 'unusually many or few', marks },
  ];
  return (
    <>
      <HistoryCharts name={agent} span={span} points={points} heights={heights} charts={marked} />
      {below?.(points)}
    </>
  );
}
