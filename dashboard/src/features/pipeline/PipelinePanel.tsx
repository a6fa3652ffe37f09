import { useEffect, useRef, useState } from 'react';
import { isCatchingUp, useFreshnessSelect, useLink, useLiveSource, useTable, type PipelineStatus, type SourceCounts } from '@agentpulse/react';
import { CsvButton } from '../../components/CsvButton';
import { CellFigure, Figure } from '../../components/Figure';
import { Icon } from '../../components/Icon';
import { Panel } from '../../components/Panel';
import { downloadCsv, fileName } from '../../lib/csv';
import { formatCount, formatDataAge, NOT_AVAILABLE } from '../../lib/format';
import { clockTime, isoWithOffset, useZone } from '../../lib/zone';

const MODE = {
  starting: 'connecting',
  live: 'live, over the socket',
  polling: 'read once a second',
  down: 'no connection',
} as const;

const COUNTS = [
  ['read', 'Read'],
  ['late', 'Late'],
  ['rejected', 'Not usable'],
  ['replayed', 'Replayed'],
] as const;

/** The pipeline's own health: how far it is, what it could not use, and how its figures come here. */
export function PipelinePanel() {
  const { store } = useLiveSource();
  const zone = useZone();
  const rows = useTable('pipeline_status');
  const { mode } = useLink();
  const age = useFreshnessSelect(({ ageMs }) => formatDataAge(ageMs === null ? null : Math.floor(ageMs / 100) * 100));
  const level = useFreshnessSelect((now) => now.level);
  const stale = useFreshnessSelect((now) => now.stale);
  const sum = (name: 'changes_read' | 'changes_late' | 'changes_rejected' | 'changes_replayed') => rows.reduce((total, row) => total + row[name], 0);
  const rate = useRate(sum('changes_read'));
  const asOf = rows.map((row) => row.as_of).sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  const sources = rows[0] ? sourceCounts(rows[0]) : [];
  const exportCsv = () =>
    downloadCsv(
      fileName(['pipeline', isoWithOffset(Date.now(), zone)], 'csv'),
      ['component', 'as_of', 'tick', 'commit_lsn', 'written_at', 'source_table', 'read', 'late', 'rejected', 'replayed'],
      rows.flatMap((row) => {
        const known = [row.component, isoWithOffset(row.as_of, zone), row.tick, row.commit_lsn, isoWithOffset(row.written_at, zone)];
        const all = [...known, 'all', row.changes_read, row.changes_late, row.changes_rejected, row.changes_replayed];
        return [all, ...sourceCounts(row).map(([table, counts]) => [...known, table, counts.read, counts.late, counts.rejected, counts.replayed])];
      }),
    );
  return (
    <Panel id="pipeline" title="Pipeline" className="pipeline" note={MODE[mode]} actions={rows.length > 0 && <CsvButton label="Pipeline as CSV" onExport={exportCsv} />}>
      <div className="figures">
        <Figure size="large" why={{ figure: 'freshness' }} label="Data age" value={age} tone={level === 'red' ? 'bad' : level === 'amber' ? 'warn' : undefined} note={asOf ? `as of ${clockTime(asOf, zone)}` : 'no tick yet'} />
        <Figure size="large" why={{ figure: 'changes_read' }} label="Changes/s" value={stale ? NOT_AVAILABLE : rate === null ? '…' : formatCount(rate)} note={`${formatCount(sum('changes_read'))} read`} />
        <Figure size="large" why={{ figure: 'changes_rejected' }} label="Not usable" value={rows.length ? formatCount(sum('changes_rejected')) : NOT_AVAILABLE} note={sum('changes_rejected') > 0 ? 'reasons kept' : 'none so far'} tone={sum('changes_rejected') > 0 ? 'warn' : undefined} />
      </div>
      {isCatchingUp(rows) && (
        <p className="pipeline-behind">
          <Icon name="clock" />
          The job still reads what was committed before its restart. Approvals over SLA become incidents when it has.
        </p>
      )}
      {sources.length > 0 && (
        <table className="sources-table">
          <thead>
            <tr>
              <th scope="col">Source table</th>
              {COUNTS.map(([name, label]) => (
                <th key={name} scope="col" className="num">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sources.map(([table, counts]) => (
              <tr key={table}>
                <th scope="row">{table}</th>
                {COUNTS.map(([name]) => (
                  <td key={name} className="num">
                    <CellFigure why={{ figure: `source_${name}`, source: table }}>{formatCount(counts[name])}</CellFigure>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="pipeline-foot muted num">
        {rows.map((row) => `${row.component}: tick ${formatCount(row.tick)}${row.commit_lsn ? `, log position ${row.commit_lsn}` : ''}`).join(' · ')}
        {rows.length > 0 && ` · frame ${formatCount(store.frames)}`}
      </p>
    </Panel>
  );
}

function sourceCounts({ details }: PipelineStatus): [string, SourceCounts][] {
  return Object.entries(details ?? {})
    .filter((entry): entry is [string, SourceCounts] => typeof (entry[1] as SourceCounts | null)?.read === 'number')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** How fast a counter grows, a second, over the last five. */
function useRate(total: number): number | null {
  const seen = useRef<{ at: number; total: number }[]>([]);
  const latest = useRef(total);
  latest.current = total;
  const [rate, setRate] = useState<number | null>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      const now = performance.now();
      seen.current = [...seen.current.filter((each) => now - each.at < 5_500), { at: now, total: latest.current }];
      const first = seen.current[0] as { at: number; total: number };
      if (now - first.at > 900) {
        setRate(Math.round(((latest.current - first.total) * 1_000) / (now - first.at)));
      }
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  return rate;
}
