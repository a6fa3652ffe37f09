import { useMemo, type ReactNode } from 'react';
import { useApprovalHistory, type ApprovalHistory, type HistoryPoints, type HistorySpan } from '@agentpulse/react';
import { HistoryCharts, HistoryWait, type HistoryChart } from '../../components/HistoryCharts';
import { formatCount, formatDuration, formatPercent } from '../../lib/format';
import { APPROVAL_RULES, usePastIncidents, useSpansOf } from '../../lib/incidentSpans';
import { countsOf, figuresOf, linesBefore } from '../../lib/ranges';

/** In seconds. */
const DURATION_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800];
const HEIGHTS = [150, 150, 96];

function chartsOf(points: HistoryPoints<ApprovalHistory>, span: HistorySpan, slaSeconds: number): HistoryChart[] {
  return [
    {
      title: 'Approvals',
      format: formatCount,
      series: [
        { label: 'requested', color: '--c1', values: countsOf(points, points.rows, 0, (row) => row.requested_count), width: 2 },
        { label: 'decided', color: '--c3', values: countsOf(points, points.rows, 0, (row) => row.decided_count) },
        ...linesBefore(span, points, { label: 'requested ', color: '--c1' }, (rows, shiftMs) => countsOf(points, rows, shiftMs, (row) => row.requested_count)),
      ],
    },
    {
      title: 'Time to a decision',
      format: (seconds) => formatDuration(seconds === null ? null : seconds * 1_000),
      limit: slaSeconds,
      steps: DURATION_STEPS,
      series: [
        { label: 'p95', color: '--c2', values: figuresOf(points.rows, (row) => row.p95_resolution_seconds), width: 1.5 },
        { label: 'p50', color: '--c1', values: figuresOf(points.rows, (row) => row.p50_resolution_seconds), width: 2 },
        ...linesBefore(span, points, { label: 'p95 ', color: '--c2' }, (rows) => figuresOf(rows, (row) => row.p95_resolution_seconds)),
      ],
    },
    {
      title: 'Decided in time',
      format: (share) => formatPercent(share, 0),
      series: [
        { label: 'in time', color: '--c3', values: figuresOf(points.rows, (row) => row.sla_compliance_pct) },
        ...linesBefore(span, points, { color: '--c3' }, (rows) => figuresOf(rows, (row) => row.sla_compliance_pct)),
      ],
    },
  ];
}

interface ApprovalHistoryChartsProps {
  span: HistorySpan;
  slaSeconds: number;
  /** What else there is to show of these points, below the charts. */
  below?: ((points: HistoryPoints<ApprovalHistory>) => ReactNode) | undefined;
}

/** What was requested and decided over hours or days, how long that took, and how much of it in time. */
export default function ApprovalHistoryCharts({ span, slaSeconds, below }: ApprovalHistoryChartsProps) {
  const answer = useApprovalHistory(span);
  const points = answer.state === 'ready' ? answer.value : null;
  const charts = useMemo(() => (points === null ? [] : chartsOf(points, span, slaSeconds)), [points, span, slaSeconds]);
  const { read, marks } = usePastIncidents(APPROVAL_RULES, null, span);
  const spans = useSpansOf(APPROVAL_RULES, null, read);
  if (points === null) {
    return <HistoryWait answer={answer} />;
  }
  const marked = charts.map((chart) => ({ ...chart, spans, spanWord: 'an approval over SLA', marks }));
  return (
    <>
      <HistoryCharts name="approvals" span={span} points={points} charts={marked} heights={HEIGHTS} />
      {below?.(points)}
    </>
  );
}
