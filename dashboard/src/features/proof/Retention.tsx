import { useRetention, type Kept } from '@agentpulse/react';
import { CsvButton } from '../../components/CsvButton';
import { Icon } from '../../components/Icon';
import { Panel } from '../../components/Panel';
import { Waiting } from '../../components/Waiting';
import { downloadCsv, fileName } from '../../lib/csv';
import { formatCount, formatDuration } from '../../lib/format';
import { clockTime, dayAndMinute, isoWithOffset, useZone } from '../../lib/zone';
import { heldWords } from './held';

/** How long each table is kept, what retention did today, and what it could not remove. */
export function Retention() {
  const zone = useZone();
  const answer = useRetention();
  const rows = answer.state === 'ready' ? answer.value : [];
  const held = rows.filter((row) => row.held !== null);
  const exportCsv = () =>
    downloadCsv(
      fileName(['retention', isoWithOffset(Date.now(), zone)], 'csv'),
      ['relation', 'kept_seconds', 'oldest', 'day', 'runs', 'removed_rows', 'last_run_at', 'held'],
      rows.map((row) => [row.relation, row.kept_seconds, row.oldest && isoWithOffset(row.oldest, zone), row.day, row.runs, row.removed_rows, isoWithOffset(row.last_run_at, zone), row.held]),
    );
  return (
    <Panel id="retention" title="Retention" note="runs of today (UTC)" actions={rows.length > 0 && <CsvButton label="Retention as CSV" onExport={exportCsv} />}>
      {answer.state === 'missing' ? (
        <p className="chart-wait">What retention does is not kept here, or not for you.</p>
      ) : answer.state !== 'ready' ? (
        <Waiting answer={answer} what="what retention does" />
      ) : rows.length === 0 ? (
        <p className="chart-wait">Retention has not run yet.</p>
      ) : (
        <>
          {held.length > 0 && <HeldBack rows={held} />}
          <div className="table-scroll" tabIndex={0} role="group" aria-label="Retention">
            <table className="sources-table">
              <thead>
                <tr>
                  <th scope="col">Table</th>
                  <th scope="col" className="num">
                    Kept
                  </th>
                  <th scope="col" className="num">
                    Oldest
                  </th>
                  <th scope="col" className="num">
                    Runs
                  </th>
                  <th scope="col" className="num">
                    Removed
                  </th>
                  <th scope="col" className="num">
                    Last
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <RetentionRow key={row.relation} row={row} zone={zone} />
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Panel>
  );
}

/** Why rows are still there although they are old enough to go, and what to do about it. */
function HeldBack({ rows }: { rows: readonly Kept[] }) {
  return (
    <>
      <p className="proof-line is-warn">
        <Icon name="warning" label="Warning" />
        {rows.length === 1 ? 'One table keeps' : `${formatCount(rows.length)} tables keep`} rows that are old enough to go.
      </p>
      <ul className="view-list held-list">
        {rows.map((row) => (
          <li key={row.relation}>
            <HeldRow row={row} />
          </li>
        ))}
      </ul>
    </>
  );
}

function HeldRow({ row }: { row: Kept }) {
  const { todo, sql } = heldWords(row);
  return (
    <>
      <p>
        <b>{row.relation}</b>: {row.held}
      </p>
      <p className="muted">{todo}</p>
      {sql !== null && (
        <details className="sample">
          <summary>The SQL for it</summary>
          <pre tabIndex={0}>{sql}</pre>
        </details>
      )}
    </>
  );
}

function RetentionRow({ row, zone }: { row: Kept; zone: string }) {
  return (
    <tr>
      <th scope="row">{row.relation}</th>
      <td className="num">{row.kept_seconds === 0 ? 'for ever' : formatDuration(row.kept_seconds * 1_000)}</td>
      <td className={`num ${row.held === null ? '' : 'tone-warn'}`}>
        {row.held !== null && (
          <>
            <Icon name="warning" label="Older than it is to be kept" />{' '}
          </>
        )}
        {row.oldest === null ? '' : dayAndMinute(row.oldest, zone)}
      </td>
      <td className="num">{formatCount(row.runs)}</td>
      <td className="num">{formatCount(row.removed_rows)}</td>
      <td className="num">{clockTime(row.last_run_at, zone)}</td>
    </tr>
  );
}
