import { useCallback, useState } from 'react';
import { useLiveSource, useSelect, type HealthStatus, type Store } from '@agentpulse/react';
import { CsvButton } from '../../components/CsvButton';
import { Empty } from '../../components/Empty';
import { Icon } from '../../components/Icon';
import { Panel } from '../../components/Panel';
import { downloadCsv, fileName } from '../../lib/csv';
import { formatCount, plural } from '../../lib/format';
import { useHeldOrder } from '../../lib/heldOrder';
import { useUrl, writeUrl } from '../../lib/url';
import { isoWithOffset, useZone } from '../../lib/zone';
import { AgentRow } from './AgentRow';
import { AgentStrip } from './AgentStrip';
import { agentOrder, HEALTH_WORD, SEVERITY, type SortKey } from './order';

interface Column {
  key: SortKey;
  label: string;
  title: string;
  className?: string;
  /** The direction of a first click. */
  descending: boolean;
}

const COLUMNS: readonly (Column | null)[] = [
  { key: 'status', label: 'Agent', title: 'Worst first, then by name', descending: false },
  null,
  { key: 'latency', label: 'Latency, 1 m', title: 'Average latency of the last minute', className: 'num agent-latency', descending: true },
  null,
  { key: 'p95', label: 'p95, 5 m', title: '95th percentile of the last five minutes', className: 'num agent-p95', descending: true },
  { key: 'volume', label: 'Per min', title: 'Queries in the last minute', className: 'num', descending: true },
  { key: 'approval', label: 'Approved', title: 'Approved of the reviewed answers of five minutes', className: 'num agent-approval', descending: false },
  { key: 'edits', label: 'Edited', title: 'Answers edited by a person, of five minutes', className: 'num agent-edits', descending: true },
  { key: 'score', label: 'Score', title: 'Quality score of five minutes, 0 to 100', className: 'num agent-score', descending: false },
];

/** Above so many agents the strip of cells gives the overview. */
const STRIP_FROM = 16;
const STATUSES = Object.keys(SEVERITY) as HealthStatus[];

export function countHealth(store: Store): Record<HealthStatus, number> {
  const counts = { degraded: 0, warning: 0, healthy: 0, idle: 0 };
  for (const row of store.list('agent_health')) {
    counts[row.health_status] += 1;
  }
  return counts;
}

export function AgentsPanel({ find, windowsOnly = false }: { find: string; windowsOnly?: boolean }) {
  const { store } = useLiveSource();
  const zone = useZone();
  const [sort, direction] = (useUrl('sort') ?? 'status.asc').split('.') as [SortKey, string];
  const status = useUrl('status');
  const opened = useUrl('agent');
  const select = useCallback(
    (from: Store) => agentOrder(from, sort, direction === 'desc', find, status),
    [sort, direction, find, status],
  );
  const wanted = useSelect(['agent_health', 'agent_performance'], select);
  const counts = useSelect(['agent_health'], countHealth);
  const { order, waiting, hold } = useHeldOrder<HTMLDivElement>(wanted);
  const [announced, setAnnounced] = useState('');
  const open = useCallback((agent: string) => writeUrl({ agent }, true), []);
  const total = STATUSES.reduce((sum, each) => sum + counts[each], 0);

  const sortBy = (column: Column) => {
    const next = sort === column.key ? direction !== 'desc' : column.descending;
    writeUrl({ sort: column.key === 'status' && !next ? null : `${column.key}.${next ? 'desc' : 'asc'}` });
    setAnnounced(`Sorted by ${column.label}, ${next ? 'descending' : 'ascending'}`);
  };
  const exportCsv = () => {
    const header = ['agent', 'health_status', 'since', 'avg_latency_ms_1m', 'p50_latency_ms_5m', 'p95_latency_ms_5m', 'p99_latency_ms_5m', 'query_count_1m', 'approval_rate_pct_5m', 'human_edit_rate_pct_5m', 'quality_score_5m'];
    const rows = order.map((agent) => {
      const health = store.row('agent_health', agent);
      const one = store.row('agent_performance', `1m ${agent}`);
      const five = store.row('agent_performance', `5m ${agent}`);
      return [
        agent, health?.health_status, health && isoWithOffset(health.since, zone), health?.avg_latency_ms_1m, five?.p50_latency_ms,
        five?.p95_latency_ms, five?.p99_latency_ms, one?.query_count, five?.approval_rate_pct, five?.human_edit_rate_pct, five?.quality_score,
      ];
    });
    const filter = [...(status ? [status] : []), ...(find ? [find] : []), ...(sort === 'status' ? [] : [`by-${sort}-${direction}`])];
    downloadCsv(fileName(['agents', '5m', ...filter, isoWithOffset(Date.now(), zone)], 'csv'), header, rows);
  };

  return (
    <Panel
      id="agents"
      title="Agents"
      className="agents"
      note={
        <>
          {formatCount(total)}
          {waiting && <em className="held">Order held while you are in the list</em>}
        </>
      }
      actions={
        <>
          <span className="chips" role="group" aria-label="Show agents that are">
            {STATUSES.filter((each) => counts[each] > 0 || status === each).map((each) => (
              <button
                key={each}
                type="button"
                className={`chip mark-${each}`}
                aria-pressed={status === each}
                title={`${HEALTH_WORD[each]}: ${plural(counts[each], 'agent')}`}
                onClick={() => writeUrl({ status: status === each ? null : each })}
              >
                <Icon name={each} />
                {formatCount(counts[each])} <span className="chip-word">{HEALTH_WORD[each].toLowerCase()}</span>
              </button>
            ))}
          </span>
          <CsvButton label="Agents as CSV" onExport={exportCsv} />
        </>
      }
    >
      {total >= STRIP_FROM && !windowsOnly && <AgentStrip agents={order} onOpen={open} />}
      {order.length === 0 ? (
        <NoAgents total={total} find={find} />
      ) : (
        <div className="table-scroll" tabIndex={-1} {...hold}>
          <table className="agent-table">
            <thead>
              <tr>
                {COLUMNS.map((column, index) =>
                  column === null ? (
                    <th key={index} scope="col" className={index === 1 ? 'agent-spark' : 'agent-strip'}>
                      <span className="th-text">{index === 1 ? 'Trend' : 'p50–p99, 5 m'}</span>
                    </th>
                  ) : (
                    <th
                      key={column.key}
                      scope="col"
                      className={column.className ?? ''}
                      aria-sort={sort !== column.key ? 'none' : direction === 'desc' ? 'descending' : 'ascending'}
                    >
                      <button type="button" className="th-button" title={column.title} onClick={() => sortBy(column)}>
                        {column.label}
                        {sort === column.key && <Icon name={direction === 'desc' ? 'down' : 'up'} />}
                      </button>
                    </th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              {order.map((agent) => (
                <AgentRow key={agent} agent={agent} open={opened === agent} onOpen={open} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <span className="visually-hidden" aria-live="polite">
        {announced}
      </span>
    </Panel>
  );
}

function NoAgents({ total, find }: { total: number; find: string }) {
  if (total > 0) {
    return (
      <Empty icon="search" title={find ? `No agent is called “${find}”.` : 'No agent is in this state.'}>
        Clear the search field or the filter above to see all {formatCount(total)}.
      </Empty>
    );
  }
  return (
    <Empty title="No agent has been asked anything yet.">
      Agents show up here with their first row in <code>agent_queries</code>; nothing has to be set up for each.
    </Empty>
  );
}
