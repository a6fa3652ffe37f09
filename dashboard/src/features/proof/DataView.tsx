import { useMemo } from 'react';
import { useDataQuality, useProof, type AuditResult, type DataQuality } from '@agentpulse/react';
import { CsvButton } from '../../components/CsvButton';
import { Empty } from '../../components/Empty';
import { Icon } from '../../components/Icon';
import { Panel } from '../../components/Panel';
import { Waiting } from '../../components/Waiting';
import { downloadCsv, fileName } from '../../lib/csv';
import { formatCount } from '../../lib/format';
import { dayAndTime, dayOf, isoWithOffset, useZone } from '../../lib/zone';
import { ProofLine } from './ProofLine';
import { Retention } from './Retention';
import { Sample } from './Sample';
import { Scores } from './Scores';

const DAYS = 14;

/** Whether the figures can be trusted: what was proven, what the source tables lack, and how long all is kept. */
export default function DataView() {
  return (
    <div className="view-grid">
      <Checks />
      <div className="view-column">
        <Audit />
        <Retention />
      </div>
    </div>
  );
}

function Audit() {
  const zone = useZone();
  const answer = useProof();
  const unequal = answer.state === 'ready' ? answer.value.unequal : [];
  return (
    <Panel id="audit" title="Self-audit" note="figures against plain SQL, at one log position">
      <ProofLine answer={answer} zone={zone} />
      {unequal.length > 0 && (
        <ul className="view-list">
          {unequal.map((row) => (
            <Unequal key={row.audit_id} row={row} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Unequal({ row }: { row: AuditResult }) {
  const zone = useZone();
  return (
    <li>
      <p>
        <b>{row.scope}</b> {row.key} <time className="num muted">{dayAndTime(row.run_at, zone)}</time>
      </p>
      <Sample value={row.first_difference} label="The difference" />
    </li>
  );
}

interface Check {
  check: string;
  newest: DataQuality;
  byDay: ReadonlyMap<string, DataQuality>;
}

/** Of each source table its checks, each with its days. */
export function checksByTable(rows: readonly DataQuality[]): [table: string, checks: Check[]][] {
  const tables = new Map<string, Map<string, DataQuality[]>>();
  for (const row of rows) {
    const checks = tables.get(row.source_table) ?? new Map<string, DataQuality[]>();
    tables.set(row.source_table, checks.set(row.check_name, [...(checks.get(row.check_name) ?? []), row]));
  }
  const check = ([name, days]: [string, DataQuality[]]): Check => {
    const newest = days.reduce((last, each) => (each.day > last.day ? each : last));
    return { check: name, newest, byDay: new Map(days.map((each) => [each.day, each])) };
  };
  return [...tables].sort(([a], [b]) => (a < b ? -1 : 1)).map(([table, checks]) => [table, [...checks].map(check).sort((a, b) => RANK[a.newest.status] - RANK[b.newest.status] || (a.check < b.check ? -1 : 1))]);
}

const RANK = { failed: 0, warning: 1, ok: 2 } as const;
const STATUS = { failed: { icon: 'degraded', word: 'Failed' }, warning: { icon: 'warning', word: 'Warning' }, ok: { icon: 'healthy', word: 'In order' } } as const;
const STATUS_MARK = { failed: 'degraded', warning: 'warning', ok: 'healthy' } as const;

function Checks() {
  const zone = useZone();
  const answer = useDataQuality(DAYS);
  const rows = useMemo(() => (answer.state === 'ready' ? answer.value : []), [answer]);
  const tables = useMemo(() => checksByTable(rows), [rows]);
  const days = useMemo(() => [...new Set(rows.map(({ day }) => day))].sort(), [rows]);
  const exportCsv = () =>
    downloadCsv(
      fileName(['data-quality', isoWithOffset(Date.now(), zone)], 'csv'),
      ['day', 'source_table', 'dimension', 'check', 'value', 'threshold', 'status'],
      rows.map((row) => [row.day, row.source_table, row.dimension, row.check_name, row.value, row.threshold, row.status]),
    );
  return (
    <Panel id="data-quality" title="Data quality" note="source tables, by day of UTC" className="view-table" actions={rows.length > 0 && <CsvButton label="Data quality as CSV" onExport={exportCsv} />}>
      {answer.state === 'missing' ? (
        <Empty title="No checks of the data are kept here that you may read.">The table comes with a newer version: run “agentpulse migrate” and start the job anew.</Empty>
      ) : answer.state !== 'ready' ? (
        <Waiting answer={answer} what="the checks" />
      ) : rows.length === 0 ? (
        <Empty title="Nothing was checked yet.">A day is checked when its first rows have come.</Empty>
      ) : (
        <>
          <Scores days={DAYS} />
          <div className="table-scroll" tabIndex={0} role="group" aria-label="Checks of the source tables">
            {tables.map(([table, checks]) => (
              <section key={table}>
                <h3 className="sub">{table}</h3>
                <ul className="check-list">
                  {checks.map((each) => (
                    <CheckRow key={each.check} {...each} days={days} />
                  ))}
                </ul>
              </section>
            ))}
          </div>
        </>
      )}
    </Panel>
  );
}

function CheckRow({ check, newest, byDay, days }: Check & { days: readonly string[] }) {
  const { icon, word } = STATUS[newest.status];
  const said = `${newest.value === null ? '' : formatCount(newest.value)}${newest.threshold === null || newest.status === 'ok' ? '' : `, limit ${formatCount(newest.threshold)}`}`;
  return (
    <li className="check">
      <span className={`mark mark-${STATUS_MARK[newest.status]}`}>
        <Icon name={icon} label={word} />
      </span>
      <span className="check-name">
        {check.replaceAll('_', ' ')} <span className="muted">{newest.dimension}</span>
      </span>
      <span className="num check-value">{said}</span>
      <span className="check-days" role="img" aria-label={days.map((day) => `${dayOf(day, 'UTC')}: ${byDay.has(day) ? STATUS[(byDay.get(day) as DataQuality).status].word.toLowerCase() : 'not checked'}`).join(', ')}>
        {days.map((day) => (
          <i key={day} className={`day-${byDay.get(day)?.status ?? 'none'}`} title={`${dayOf(day, 'UTC')}: ${byDay.has(day) ? STATUS[(byDay.get(day) as DataQuality).status].word : 'Not checked'}`} />
        ))}
      </span>
      {newest.status !== 'ok' && <Sample value={newest.sample} label="Some of the rows" />}
    </li>
  );
}
