import { lazy, Suspense } from 'react';
import { Modal } from '../components/Modal';
import { Segments } from '../components/Segments';
import { useConfig } from '../config/context';
import { RANGE_OPTIONS, rangeOf } from '../lib/ranges';
import { useUrl, writeUrl } from '../lib/url';

const ApprovalHistoryCharts = lazy(() => import('../features/approvals/ApprovalHistoryCharts'));
const TrainingHistoryCharts = lazy(() => import('../features/feedback/TrainingHistoryCharts'));

const TITLES = { approvals: 'Approvals over time', feedback: 'Training quality over time' } as const;

/** Hours and days of what a panel shows now, beside the page, which stays live. */
export function HistoryDrawer({ of }: { of: string }) {
  const range = rangeOf(useUrl('range'), '24h');
  const { slaSeconds } = useConfig();
  if (!(of in TITLES)) {
    return null;
  }
  const title = TITLES[of as keyof typeof TITLES];
  return (
    <Modal title={title} kind="drawer" onClose={() => writeUrl({ history: null })}>
      <div className="drawer-scroll" tabIndex={0} role="group" aria-label={title}>
        <div className="chart-ranges">
          <Segments label="Range of the charts" value={range} options={RANGE_OPTIONS} onChange={(value) => writeUrl({ range: value })} />
        </div>
        <Suspense fallback={<p className="chart-wait">Loading the charts.</p>}>
          {of === 'approvals' ? <ApprovalHistoryCharts range={range} slaSeconds={slaSeconds} /> : <TrainingHistoryCharts range={range} />}
        </Suspense>
      </div>
    </Modal>
  );
}
