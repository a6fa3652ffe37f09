import { lazy, Suspense } from 'react';
import { Panel } from '../../components/Panel';
import { Segments } from '../../components/Segments';
import { chosenRange, RANGES } from '../../lib/ranges';
import { useUrl, writeUrl } from '../../lib/url';

const LatencyCharts = lazy(() => import('./LatencyCharts'));
const AllAgentsHistoryCharts = lazy(() => import('./AllAgentsHistoryCharts'));

/** The lines of all agents: since this page opened, or together over hours and days. */
export function AllAgentsPanel({ heights }: { heights: [number, number] }) {
  const range = chosenRange(useUrl('trend'));
  return (
    <Panel
      id="trend"
      title="All agents"
      className="trend"
      actions={<Segments label="Range of the charts of all agents" value={range ?? 'live'} options={RANGES} onChange={(value) => writeUrl({ trend: value === 'live' ? null : value })} />}
    >
      <Suspense fallback={<p className="chart-wait">Loading the chart.</p>}>
        {range === null ? <LatencyCharts agent={null} heights={heights} /> : <AllAgentsHistoryCharts range={range} heights={heights} />}
      </Suspense>
    </Panel>
  );
}
