import { lazy, Suspense } from 'react';
import { Panel } from '../../components/Panel';
import { RangeChoice } from '../../components/RangeChoice';
import { useHistorySpan } from '../../lib/ranges';

const LatencyCharts = lazy(() => import('./LatencyCharts'));
const AllAgentsHistoryCharts = lazy(() => import('./AllAgentsHistoryCharts'));

/** The lines of all agents: since this page opened, or together over hours and days. */
export function AllAgentsPanel({ heights }: { heights: [number, number] }) {
  const span = useHistorySpan('trend');
  return (
    <Panel
      id="trend"
      title="All agents"
      className="trend"
      actions={<RangeChoice label="Range of the charts of all agents" name="trend" span={span} live />}
    >
      <Suspense fallback={<p className="chart-wait">Loading the chart.</p>}>
        {span === null ? <LatencyCharts agent={null} heights={heights} /> : <AllAgentsHistoryCharts span={span} heights={heights} />}
      </Suspense>
    </Panel>
  );
}
