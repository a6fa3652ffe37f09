import { useLiveSource, useRow, type AgentTrend } from '@agentpulse/react';
import { CsvButton } from '../../components/CsvButton';
import { CellFigure, Figure } from '../../components/Figure';
import { downloadCsv, fileName } from '../../lib/csv';
import { formatCount, formatMillis, formatPercent, formatScore } from '../../lib/format';
import { isoWithOffset, useZone } from '../../lib/zone';

const WINDOWS = ['1m', '5m', '15m', '1h'] as const;
const WINDOW_LABEL: Record<string, string> = { '1m': '1 m', '5m': '5 m', '15m': '15 m', '1h': '1 h' };

/** The columns of the windows, as the table shows them and a file names them. */
const COLUMNS = [
  ['query_count', 'Queries', formatCount],
  ['avg_latency_ms', 'Average', formatMillis],
  ['p50_latency_ms', 'p50', formatMillis],
  ['p95_latency_ms', 'p95', formatMillis],
  ['p99_latency_ms', 'p99', formatMillis],
  ['max_latency_ms', 'Max', formatMillis],
  ['slow_query_count', 'Slow', formatCount],
  ['approval_rate_pct', 'Approved', (share: number | null) => formatPercent(share, 0)],
  ['human_edit_rate_pct', 'Edited', (share: number | null) => formatPercent(share, 0)],
] as const;

/** Every figure of one agent; each opens its explanation. */
export function AgentFigures({ agent, trend }: { agent: string; trend: AgentTrend | null }) {
  const five = useRow('agent_performance', `5m ${agent}`);
  const hour = useRow('agent_performance', `1h ${agent}`);
  const health = useRow('agent_health', agent);
  const reviewed = (five?.approved_count ?? 0) + (five?.rejected_count ?? 0);
  const latency = health?.avg_latency_ms_1m ?? null;
  const { store } = useLiveSource();
  const zone = useZone();
  const exportCsv = () =>
    downloadCsv(
      fileName(['agent', agent, WINDOWS.join('-'), isoWithOffset(five?.window_end ?? Date.now(), zone)], 'csv'),
      ['agent', 'window_name', 'window_start', 'window_end', ...COLUMNS.map(([column]) => column)],
      WINDOWS.flatMap((window) => {
        const row = store.row('agent_performance', `${window} ${agent}`);
        return row ? [[agent, window, isoWithOffset(row.window_start, zone), isoWithOffset(row.window_end, zone), ...COLUMNS.map(([column]) => row[column])]] : [];
      }),
    );
  return (
    <>
      <div className="figures">
        <Figure
          size="large"
          why={{ figure: 'avg_latency_ms', agent, window: '1m' }}
          label="Latency, 1 m"
          value={formatMillis(latency)}
          note={latency === null ? 'no query in the last minute' : 'average'}
          tone={latency === null ? undefined : latency > 200 ? 'bad' : latency > 100 ? 'warn' : undefined}
        />
        <Figure size="large" why={{ figure: 'query_count', agent, window: '5m' }} label="Queries, 5 m" value={formatCount(five?.query_count)} note={<Expected trend={trend} />} />
        <Figure
          size="large"
          why={{ figure: 'approval_rate_pct', agent, window: '5m' }}
          label="Approved, 5 m"
          value={formatPercent(five?.approval_rate_pct)}
          note={reviewed === 0 ? 'nothing reviewed' : `n = ${formatCount(reviewed)} reviewed`}
        />
        <Figure
          size="large"
          why={{ figure: 'human_edit_rate_pct', agent, window: '5m' }}
          label="Edited, 5 m"
          value={formatPercent(five?.human_edit_rate_pct)}
          note={five?.query_count ? `n = ${formatCount(five.query_count)} queries` : 'no queries'}
        />
        <Figure
          size="large"
          why={{ figure: 'quality_score', agent, window: '1h' }}
          label="Score, 1 h"
          value={formatScore(hour?.quality_score)}
          note="of 100"
        />
      </div>
      <div className="chart-head windows-head">
        <h3>Windows</h3>
        <span className="panel-actions">
          <CsvButton label="Windows as CSV" onExport={exportCsv} />
        </span>
      </div>
      <div className="table-scroll">
        <table className="windows-table">
          <thead>
            <tr>
              <th scope="col">Window</th>
              {COLUMNS.map(([column, label]) => (
                <th key={column} scope="col" className="num">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {WINDOWS.map((window) => (
              <WindowRow key={window} agent={agent} window={window} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** How many queries the last five minutes should hold; nothing while that is not known. */
function Expected({ trend }: { trend: AgentTrend | null }) {
  if (trend?.expected_5m == null) {
    return null;
  }
  const { expected_5m, low_5m, high_5m } = trend;
  const usual = low_5m === null || high_5m === null ? '' : `, usual is ${formatCount(Math.round(low_5m))} to ${formatCount(Math.round(high_5m))}`;
  return <span title={`As one and two weeks ago at this time, at the level of today${usual}`}>expected {formatCount(Math.round(expected_5m))}</span>;
}

function WindowRow({ agent, window }: { agent: string; window: string }) {
  const row = useRow('agent_performance', `${window} ${agent}`);
  if (!row) {
    return null;
  }
  return (
    <tr>
      <th scope="row">{WINDOW_LABEL[window] ?? window}</th>
      {COLUMNS.map(([figure, , format]) => (
        <td key={figure} className="num">
          <CellFigure why={{ figure, agent, window }}>{format(row[figure])}</CellFigure>
        </td>
      ))}
    </tr>
  );
}
