import { useMemo } from 'react';
import { HISTORY_RANGES, rangeOfSpan, useAllAgentsHistory, type AllAgentsHistory, type HistoryPoints, type HistorySpan } from '@agentpulse/react';
import { HistoryCharts, HistoryWait, type HistoryChart } from '../../components/HistoryCharts';
import { formatMillis, formatRate } from '../../lib/format';
import { LATENCY_RULES, usePastIncidents, useSpansOf, VOLUME_RULES } from '../../lib/incidentSpans';
import { countsOf, figuresOf, linesBefore } from '../../lib/ranges';
import { LIMIT_MS } from './limit';

const MINUTE_MS = 60_000;
const RULES = [...LATENCY_RULES, ...VOLUME_RULES];

/** Each query weighs the same: the average is made of the sums, not of the agents' averages. */
function chartsOf(points: HistoryPoints<AllAgentsHistory>, span: HistorySpan): [HistoryChart, HistoryChart] {
  const { stepMs } = HISTORY_RANGES[rangeOfSpan(span)];
  const average = (rows: readonly (AllAgentsHistory | null)[]) => figuresOf(rows, (row) => row.avg_latency_ms);
  const perMinute = (row: AllAgentsHistory) => (row.query_count * MINUTE_MS) / stepMs;
  return [
    {
      title: 'Latency, average',
      format: formatMillis,
      limit: LIMIT_MS,
      series: [{ label: 'all queries', color: '--c1', values: average(points.rows), width: 2 }, ...linesBefore(span, points, { color: '--c1' }, average)],
      band: { label: 'each agent', low: figuresOf(points.rows, (row) => row.fastest_agent_ms), high: figuresOf(points.rows, (row) => row.slowest_agent_ms) },
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

/** All agents together over hours or days, from stored history, with the same span before. */
export default function AllAgentsHistoryCharts({ span, heights }: { span: HistorySpan; heights: [number, number] }) {
  const answer = useAllAgentsHistory(span);
  const { read, marks } = usePastIncidents(RULES, null, span);
  const slow = useSpansOf(LATENCY_RULES, null, read);
  const unusual = useSpansOf(VOLUME_RULES, null, read);
  const points = answer.state === 'ready' ? answer.value : null;
  const charts = useMemo(() => (points === null ? null : chartsOf(points, span)), [points, span]);
  if (points === null || charts === null) {
    return <HistoryWait answer={answer} />;
  }
  const [latency, volume] = charts;
  const marked = [
    { ...latency, spans: slow, spanWord: 'an agent degraded or slow', marks },
    { ...volume, spans: unusual, spanWord: 'an agent with unusually many or few', marks },
  ];
  return <HistoryCharts name="all agents" span={span} points={points} heights={heights} charts={marked} />;
}
