import { writeUrl } from '../lib/url';
import { Icon } from './Icon';

/** Opens hours and days of what a panel shows now. */
export function HistoryButton({ of, label }: { of: 'approvals' | 'feedback'; label: string }) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={() => writeUrl({ history: of, agent: null, range: null }, true)}>
      <Icon name="chart" />
    </button>
  );
}
