import { useMemo } from 'react';
import { useAnnotatorAgreement, type AnnotatorAgreement } from '@agentpulse/react';
import { CsvButton } from '../../components/CsvButton';
import { Panel } from '../../components/Panel';
import { Waiting } from '../../components/Waiting';
import { downloadCsv, fileName } from '../../lib/csv';
import { formatCount, formatPercent, formatScore } from '../../lib/format';
import { dayOf, isoWithOffset, useZone } from '../../lib/zone';

/** Below, two people agree hardly more often than chance would have it (Landis and Koch: fair at best). */
const LOW_KAPPA = 0.4;
const HIGH_KAPPA = 0.6;
/** Fewer pairs say little. */
const FEW_PAIRS = 20;

/** Who agrees least comes first; of whom little is known, last. */
export function leastAgreementFirst(rows: readonly AnnotatorAgreement[]): AnnotatorAgreement[] {
  const known = (row: AnnotatorAgreement) => row.kappa !== null && row.compared_n >= FEW_PAIRS;
  return [...rows].sort((a, b) => Number(known(b)) - Number(known(a)) || (a.kappa ?? 1) - (b.kappa ?? 1) || (a.annotator < b.annotator ? -1 : 1));
}

export function agreementWord({ kappa, compared_n }: AnnotatorAgreement): string {
  if (kappa === null) {
    return 'always the same';
  }
  if (compared_n < FEW_PAIRS) {
    return 'few pairs';
  }
  return kappa < LOW_KAPPA ? 'little' : kappa < HIGH_KAPPA ? 'moderate' : 'good';
}

/** Whether annotators say the same of the same conversation; left out where that is not kept. */
export function Agreement() {
  const zone = useZone();
  const answer = useAnnotatorAgreement();
  const rows = useMemo(() => (answer.state === 'ready' ? leastAgreementFirst(answer.value) : []), [answer]);
  const [first] = rows;
  if (answer.state === 'missing') {
    return null;
  }
  const exportCsv = () =>
    downloadCsv(
      fileName(['annotator-agreement', isoWithOffset(Date.now(), zone)], 'csv'),
      ['annotator', 'compared_n', 'agreed_n', 'agreement_pct', 'kappa', 'since', 'as_of'],
      rows.map((row) => [row.annotator, row.compared_n, row.agreed_n, row.agreement_pct, row.kappa, isoWithOffset(row.since, zone), isoWithOffset(row.as_of, zone)]),
    );
  return (
    <Panel id="agreement" title="Do annotators agree?" note={first && `since ${dayOf(first.since, zone)}`} className="view-table" actions={first && <CsvButton label="Agreement of annotators as CSV" onExport={exportCsv} />}>
      {answer.state !== 'ready' ? (
        <Waiting answer={answer} what="it" />
      ) : first === undefined ? (
        <p className="chart-wait">Nobody can be compared yet: it takes two annotators with a verdict on the same conversation.</p>
      ) : (
        <>
          <p className="view-intro">Pairs of verdicts on the same conversation. Beyond chance: 1 where both always agree, 0 where they agree as often as chance would have it.</p>
          <div className="table-scroll" tabIndex={0} role="group" aria-label="Agreement of annotators">
            <table className="sources-table agreement-table">
              <thead>
                <tr>
                  <th scope="col">Annotator</th>
                  <th scope="col" className="num">
                    Pairs
                  </th>
                  <th scope="col" className="num">
                    Same
                  </th>
                  <th scope="col" className="num" title="Cohen’s kappa">
                    Beyond chance
                  </th>
                  <th scope="col">Agreement</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.annotator}>
                    <th scope="row" className="cut" title={row.annotator}>
                      {row.annotator}
                    </th>
                    <td className="num">{formatCount(row.compared_n)}</td>
                    <td className="num">{formatPercent(row.agreement_pct, 0)}</td>
                    <td className="num">{row.kappa === null ? <span className="muted">N/A</span> : <b>{formatScore(row.kappa, 2)}</b>}</td>
                    <td className={agreementWord(row) === 'little' ? 'tone-warn' : 'muted'}>{agreementWord(row)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Panel>
  );
}
