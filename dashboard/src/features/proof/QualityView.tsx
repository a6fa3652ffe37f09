import { useMemo } from 'react';
import { useAgentQuality, type AgentQuality } from '@agentpulse/react';
import { CsvButton } from '../../components/CsvButton';
import { Empty } from '../../components/Empty';
import { Icon } from '../../components/Icon';
import { Panel } from '../../components/Panel';
import { Waiting } from '../../components/Waiting';
import { downloadCsv, fileName } from '../../lib/csv';
import { formatCount, formatScore, NOT_AVAILABLE } from '../../lib/format';
import { writeUrl } from '../../lib/url';
import { isoWithOffset, useZone } from '../../lib/zone';
import { Agreement } from './Agreement';

/** A fall of so many points is worth a look. */
const DROP = 5;
const CONFIDENCE_WORD = { low: 'low', medium: 'fair', high: 'high' } as const;

/** How good answers are, and how far those who say so agree. */
export default function QualityView() {
  return (
    <div className="view-grid quality-grid">
      <AgentScores />
      <Agreement />
    </div>
  );
}

/** Each agent's score as far as it can be trusted, the lowest first. */
function AgentScores() {
  const zone = useZone();
  const answer = useAgentQuality();
  const rows = useMemo(() => (answer.state === 'ready' ? lowestFirst(answer.value) : []), [answer]);
  const exportCsv = () =>
    downloadCsv(
      fileName(['agent-quality', isoWithOffset(Date.now(), zone)], 'csv'),
      ['agent', 'quality_score', 'quality_score_adjusted', 'quality_low', 'quality_high', 'reviewed_n', 'confidence', 'change_points', 'as_of'],
      rows.map((row) => [row.agent, row.quality_score, row.quality_score_adjusted, row.quality_low, row.quality_high, row.reviewed_n, row.confidence, row.change_points, isoWithOffset(row.as_of, zone)]),
    );
  if (answer.state === 'missing') {
    return <Empty title="No adjusted scores are kept here that you may read.">The table comes with a newer version: run “agentpulse migrate” and start the job anew.</Empty>;
  }
  return (
    <Panel id="agent-quality" title="Quality of each agent" note="adjusted, 0 to 100" className="view-table" actions={rows.length > 0 && <CsvButton label="Quality as CSV" onExport={exportCsv} />}>
      {answer.state !== 'ready' ? (
        <Waiting answer={answer} what="the scores" />
      ) : rows.length === 0 ? (
        <Empty title="There is no score yet.">It comes with the first reviewed answers.</Empty>
      ) : (
        <>
          <p className="view-intro">
            The fewer answers were reviewed, the nearer the score stays to what is usual for the agent. The bar is where the true score lies nine of ten times; the tick is the plain score.
          </p>
          <div className="table-scroll" tabIndex={0} role="group" aria-label="Quality of each agent">
            <table className="sources-table quality-table">
              <thead>
                <tr>
                  <th scope="col">Agent</th>
                  <th scope="col" className="num">
                    Score
                  </th>
                  <th scope="col" className="quality-scale-head">
                    <span>0</span>
                    <span>50</span>
                    <span>100</span>
                  </th>
                  <th scope="col">Confidence</th>
                  <th scope="col" className="num">
                    Reviewed
                  </th>
                  <th scope="col" className="num" title="Points above or below the last 30 days">
                    Change
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.agent} className="view-row">
                    <th scope="row">
                      <button type="button" className="agent-name" title={row.agent} onClick={() => writeUrl({ agent: row.agent }, true)}>
                        {row.agent}
                      </button>
                    </th>
                    <td className="num">
                      <b>{formatScore(row.quality_score_adjusted)}</b>
                    </td>
                    <td>
                      <Interval row={row} />
                    </td>
                    <td>
                      <span className={`confidence is-${row.confidence}`}>
                        <i aria-hidden="true" />
                        <i aria-hidden="true" />
                        <i aria-hidden="true" />
                        {CONFIDENCE_WORD[row.confidence]}
                      </span>
                    </td>
                    <td className="num">{formatCount(row.reviewed_n)}</td>
                    <td className="num">
                      <Change points={row.change_points} />
                    </td>
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

export function lowestFirst(rows: readonly AgentQuality[]): AgentQuality[] {
  const score = (row: AgentQuality) => row.quality_score_adjusted ?? Infinity;
  return [...rows].sort((a, b) => score(a) - score(b) || (a.agent < b.agent ? -1 : 1));
}

function Interval({ row }: { row: AgentQuality }) {
  const { quality_low, quality_high, quality_score_adjusted, quality_score } = row;
  if (quality_low === null || quality_high === null || quality_score_adjusted === null) {
    return <span className="muted">{NOT_AVAILABLE}: nothing reviewed</span>;
  }
  return (
    <span className="interval" role="img" aria-label={`Nine of ten times between ${formatScore(quality_low)} and ${formatScore(quality_high)}`}>
      <i className="interval-bar" style={{ left: `${quality_low}%`, width: `${Math.max(0.5, quality_high - quality_low)}%` }} />
      {quality_score !== null && <i className="interval-plain" style={{ left: `${quality_score}%` }} />}
      <i className="interval-dot" style={{ left: `${quality_score_adjusted}%` }} />
    </span>
  );
}

function Change({ points }: { points: number | null }) {
  if (points === null) {
    return <span className="muted">{NOT_AVAILABLE}</span>;
  }
  return (
    <span className={points <= -DROP ? 'tone-bad' : ''}>
      {points !== 0 && <Icon name={points > 0 ? 'up' : 'down'} />} {points > 0 ? '+' : points < 0 ? '−' : ''}
      {formatScore(Math.abs(points))}
    </span>
  );
}
