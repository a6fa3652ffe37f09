import { lazy, Suspense } from 'react';
import type { ApprovalHistory, HistoryPoints } from '@agentpulse/react';
import { Modal } from '../components/Modal';
import { RangeChoice } from '../components/RangeChoice';
import { useConfig } from '../config/context';
import { useHistoryOnly } from '../lib/ranges';
import { writeUrl } from '../lib/url';

const ApprovalHistoryCharts = lazy(() => import('../features/approvals/ApprovalHistoryCharts'));
const ApprovalForecast = lazy(() => import('../features/outlook/ApprovalForecast'));
const TrainingHistoryCharts = lazy(() => import('../features/feedback/TrainingHistoryCharts'));

const TITLES = { approvals: 'Approvals over time', feedback: 'Training quality over time' } as const;

/** The day that comes goes with the day that was. */
function nextDay(points: HistoryPoints<ApprovalHistory>) {
  return (
    <Suspense fallback={null}>
      <ApprovalForecast points={points} />
    </Suspense>
  );
}

/** Hours and days of what a panel shows now, beside the page, which stays live. */
export function HistoryDrawer({ of }: { of: string }) {
  const span = useHistoryOnly('range');
  const { slaSeconds } = useConfig();
  if (!(of in TITLES)) {
    return null;
  }
  const title = TITLES[of as keyof typeof TITLES];
  return (
    <Modal title={title} kind="drawer" onClose={() => writeUrl({ history: null })}>
      <div className="drawer-scroll" tabIndex={0} role="group" aria-label={title}>
        <div className="chart-ranges">
          <RangeChoice label="Range of the charts" name="range" span={span} />
        </div>
        <Suspense fallback={<p className="chart-wait">Loading the charts.</p>}>
          {of === 'approvals' ? <ApprovalHistoryCharts span={span} slaSeconds={slaSeconds} below={span === '24h' ? nextDay : undefined} /> : <TrainingHistoryCharts span={span} />}
        </Suspense>
      </div>
    </Modal>
  );
}
