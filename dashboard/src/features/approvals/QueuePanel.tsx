import { memo, useMemo } from 'react';
import { useLiveSource, useRow, useTable, useWithheld, type PendingApproval } from '@agentpulse/react';
import { CsvButton } from '../../components/CsvButton';
import { Empty } from '../../components/Empty';
import { Figure } from '../../components/Figure';
import { HistoryButton } from '../../components/HistoryButton';
import { Icon } from '../../components/Icon';
import { Panel } from '../../components/Panel';
import { Parts } from '../../components/Parts';
import { conversationLink } from '../../config/config';
import { useConfig } from '../../config/context';
import { downloadCsv, fileName } from '../../lib/csv';
import { formatClock, formatCount, formatDuration, formatPercent, plural } from '../../lib/format';
import { useHeldOrder } from '../../lib/heldOrder';
import { useMoment } from '../../lib/now';
import { isoWithOffset, useZone } from '../../lib/zone';
import { oldestFirst, slaView } from './sla';

const MOST_ROWS = 100;

export function QueuePanel() {
  const { store } = useLiveSource();
  const config = useConfig();
  const zone = useZone();
  const queue = useRow('approval_queue', 'all');
  const activity = useRow('approval_activity', '1h');
  const rows = useTable('pending_approval');
  const sorted = useMemo(() => oldestFirst(rows), [rows]);
  const { order, hold } = useHeldOrder<HTMLUListElement>(sorted.slice(0, MOST_ROWS).map((row) => row.id));
  const pending = queue?.pending_count ?? 0;
  const withheld = useWithheld('channel_event');
  const unlisted = Math.max(0, pending - Math.min(sorted.length, MOST_ROWS));
  const shown = order.flatMap((id) => store.row('pending_approval', id) ?? []);
  const exportCsv = () =>
    downloadCsv(
      fileName(['approval-queue', unlisted > 0 ? `oldest-${shown.length}` : 'all', isoWithOffset(Date.now(), zone)], 'csv'),
      ['id', 'conversation_id', 'created_at'],
      shown.map((row) => [row.id, row.conversation_id, isoWithOffset(row.created_at, zone)]),
    );

  return (
    <Panel
      id="queue"
      title="Approval queue"
      className="queue"
      note={queue ? plural(pending, 'waiting', 'waiting') : undefined}
      actions={
        <>
          <HistoryButton of="approvals" label="Approvals over hours and days" />
          <CsvButton label="Queue as CSV" onExport={exportCsv} />
        </>
      }
    >
      <div className="queue-sum">
        <Parts
          label="Waiting by age"
          parts={[
            { label: 'under 1 m', count: queue?.pending_under_1m ?? 0, tone: 'age-0', why: { figure: 'pending_under_1m' } },
            { label: '1–5 m', count: queue?.pending_1m_to_5m ?? 0, tone: 'age-1', why: { figure: 'pending_1m_to_5m' } },
            { label: '5–15 m', count: queue?.pending_5m_to_15m ?? 0, tone: 'age-2', why: { figure: 'pending_5m_to_15m' } },
            { label: 'over 15 m', count: queue?.pending_over_15m ?? 0, tone: 'age-3', why: { figure: 'pending_over_15m' } },
          ]}
        />
      </div>
      <div className="scroll" tabIndex={0} role="group" aria-label="Approvals that wait, oldest first">
        {withheld && order.length === 0 && pending > 0 ? (
          <Empty icon="info" title="You may not see which conversations wait.">
            Only the counts are shown. To see the conversations, ask for the right to read <code>approval_queue</code> and{' '}
            <code>channel_event</code>.
          </Empty>
        ) : pending === 0 && order.length === 0 ? (
          <Empty icon="healthy" title="No approval is waiting.">
            {activity && activity.decided_count > 0
              ? `${plural(activity.decided_count, 'decision')} in the last hour.`
              : 'Rows of agent_approvals with status pending show up here.'}
          </Empty>
        ) : (
          <ul className="queue-list" {...hold}>
            {shown.map((row) => (
              <QueueRow key={row.id} row={row} slaSeconds={config.slaSeconds} link={conversationLink(config, row.conversation_id)} />
            ))}
          </ul>
        )}
        {unlisted > 0 && !withheld && (
          <p className="queue-more">
            and {plural(unlisted, 'more', 'more')} {order.length >= MOST_ROWS ? 'below these' : 'requested before this page was opened'}
          </p>
        )}
      </div>
      <div className="figures queue-foot">
        <Figure why={{ figure: 'sla_compliance_pct', window: '1h' }} label="In time, 1 h" value={formatPercent(activity?.sla_compliance_pct)} />
        <Figure
          why={{ figure: 'p50_resolution_seconds', window: '1h' }}
          label="Median decision"
          value={formatDuration(activity?.p50_resolution_seconds == null ? null : activity.p50_resolution_seconds * 1_000)}
        />
        <Figure why={{ figure: 'decided_count', window: '1h' }} label="Decided, 1 h" value={formatCount(activity?.decided_count)} />
      </div>
    </Panel>
  );
}

interface QueueRowProps {
  row: PendingApproval;
  slaSeconds: number;
  link: string | null;
}

const WORD = { waiting: 'left', risk: 'left', over: 'over' } as const;
const ICON = { waiting: 'clock', risk: 'warning', over: 'degraded' } as const;

const QueueRow = memo(function QueueRow({ row, slaSeconds, link }: QueueRowProps) {
  const moment = useMoment();
  const { state, leftMillis, share } = slaView(row.created_at, moment.time, slaSeconds);
  const name = row.conversation_id ?? `approval ${row.id}`;
  const label = state === 'over' ? 'Over the agreed time' : state === 'risk' ? 'At risk' : 'Waiting';
  return (
    <li className={`queue-row is-${state}`}>
      <span className="mark">
        <Icon name={ICON[state]} label={label} />
      </span>
      {link === null ? (
        <span className="queue-name">{name}</span>
      ) : (
        <a className="queue-name" href={link} target="_blank" rel="noreferrer">
          {name} <Icon name="external" />
        </a>
      )}
      <span className="queue-bar" aria-hidden="true">
        <i style={{ transform: `scaleX(${state === 'over' ? 1 : share})` }} />
      </span>
      <span className="queue-time num">
        {moment.atLeast && <abbr title="at least: the figures are old">≥ </abbr>}
        {state === 'over' ? '+' : ''}
        {formatClock(leftMillis)} <span className="queue-word">{WORD[state]}</span>
      </span>
    </li>
  );
});
