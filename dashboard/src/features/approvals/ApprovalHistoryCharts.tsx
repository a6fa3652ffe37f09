import { useMemo } from 'react';
import { HISTORY_RANGES, useApprovalHistory, type ApprovalHistory, type HistoryPoints, type HistoryRange } from '@agentpulse/react';
import { HistoryCharts, HistoryWait, type HistoryChart } from '../../components/HistoryCharts';
import { formatCount, formatDuration, formatPercent } from '../../lib/format';
import { countsOf, figuresOf, RANGE_WORDS } from '../../lib/ranges';

/** In seconds. */
const DURATION_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800];
const HEIGHTS = [150, 150, 96];

function chartsOf(points: HistoryPoints<ApprovalHistory>, range: HistoryRange, slaSeconds: number): HistoryChart[] {
  const { beforeMs } = HISTORY_RANGES[range];
  const { before } = RANGE_WORDS[range];
  const dashed = { width: 1, dash: [5, 4] };
  return [
    {
      title: 'Approvals',
      format: formatCount,
      series: [
        { label: 'requested', color: '--c1', values: countsOf(points, points.rows, 0, (row) => row.requested_count), width: 2 },
        { label: 'decided', color: '--c3', values: countsOf(points, points.rows, 0, (row) => row.decided_count) },
        { label: `requested ${before}`, color: '--c1', values: countsOf(points, points.before, beforeMs, (row) => row.requested_count), ...dashed },
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
        { label: `p95 ${before}`, color: '--c2', values: figuresOf(points.before, (row) => row.p95_resolution_seconds), ...dashed },
      ],
    },
    {
      title: 'Decided in time',
      format: (share) => formatPercent(share, 0),
      series: [
        { label: 'in time', color: '--c3', values: figuresOf(points.rows, (row) => row.sla_compliance_pct) },
        { label: before, color: '--c3', values: figuresOf(points.before, (row) => row.sla_compliance_pct), ...dashed },
      ],
    },
  ];
}

/** What was requested and decided over hours or days, how long that took, and how much of it in time. */
export default function ApprovalHistoryCharts({ range, slaSeconds }: { range: HistoryRange; slaSeconds: number }) {
  const answer = useApprovalHistory(range);
  const points = answer.state === 'ready' ? answer.value : null;
  const charts = useMemo(() => (points === null ? [] : chartsOf(points, range, slaSeconds)), [points, range, slaSeconds]);
  return points === null ? <HistoryWait answer={answer} /> : <HistoryCharts name="approvals" range={range} points={points} charts={charts} heights={HEIGHTS} />;
}
