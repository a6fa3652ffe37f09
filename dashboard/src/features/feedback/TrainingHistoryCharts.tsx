import { useMemo } from 'react';
import { useTrainingHistory, type HistoryPoints, type HistorySpan, type TrainingHistory } from '@agentpulse/react';
import { HistoryCharts, HistoryWait, type HistoryChart } from '../../components/HistoryCharts';
import { formatCount, formatPercent, formatScore } from '../../lib/format';
import { RATING_RULES, usePastIncidents, useSpansOf } from '../../lib/incidentSpans';
import { countsOf, figuresOf, linesBefore } from '../../lib/ranges';

const HEIGHTS = [130, 110, 150];

function chartsOf(points: HistoryPoints<TrainingHistory>, span: HistorySpan): HistoryChart[] {
  return [
    {
      title: 'Feedback',
      format: formatCount,
      series: [
        { label: 'feedback', color: '--c1', values: countsOf(points, points.rows, 0, (row) => row.feedback_count) },
        { label: 'unsafe', color: '--c6', values: countsOf(points, points.rows, 0, (row) => row.unsafe_count) },
        ...linesBefore(span, points, { label: 'feedback ', color: '--c1' }, (rows, shiftMs) => countsOf(points, rows, shiftMs, (row) => row.feedback_count)),
      ],
    },
    {
      title: 'Unsafe, of what was reviewed',
      format: formatPercent,
      series: [
        { label: 'unsafe', color: '--c6', values: figuresOf(points.rows, (row) => row.unsafe_rate_pct) },
        ...linesBefore(span, points, { color: '--c6' }, (rows) => figuresOf(rows, (row) => row.unsafe_rate_pct)),
      ],
    },
    {
      title: 'Scores, 1 to 5',
      format: (score) => formatScore(score, 2),
      series: [
        { label: 'clarity', color: '--c1', values: figuresOf(points.rows, (row) => row.avg_clarity) },
        { label: 'accuracy', color: '--c3', values: figuresOf(points.rows, (row) => row.avg_accuracy) },
        { label: 'tone', color: '--c4', values: figuresOf(points.rows, (row) => row.avg_tone) },
      ],
    },
  ];
}

/** What feedback came in over hours or days, and what it said. */
export default function TrainingHistoryCharts({ span }: { span: HistorySpan }) {
  const answer = useTrainingHistory(span);
  const points = answer.state === 'ready' ? answer.value : null;
  const charts = useMemo(() => (points === null ? [] : chartsOf(points, span)), [points, span]);
  const { read, marks } = usePastIncidents(RATING_RULES, null, span);
  const spans = useSpansOf(RATING_RULES, null, read);
  if (points === null) {
    return <HistoryWait answer={answer} />;
  }
  // How much feedback there is has no incidents: what it says has.
  const [feedback, ...said] = charts as [HistoryChart, ...HistoryChart[]];
  const marked = [feedback, ...said.map((chart) => ({ ...chart, spans, spanWord: 'an agent’s ratings unusual', marks }))];
  return <HistoryCharts name="feedback" span={span} points={points} charts={marked} heights={HEIGHTS} />;
}
