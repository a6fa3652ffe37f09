import { useDataQualityScores, type DataQualityScore } from '@agentpulse/react';
import { formatCount } from '../../lib/format';
import { dayOf } from '../../lib/zone';

/** The newest day's scores, in the order of their dimensions' names, and each with its days, oldest first. */
export function newestScores(rows: readonly DataQualityScore[]): { newest: DataQualityScore; days: DataQualityScore[] }[] {
  const last = rows.reduce((day, row) => (row.day > day ? row.day : day), '');
  return rows
    .filter(({ day }) => day === last)
    .sort((a, b) => (a.dimension < b.dimension ? -1 : 1))
    .map((newest) => ({ newest, days: rows.filter(({ dimension }) => dimension === newest.dimension).sort((a, b) => (a.day < b.day ? -1 : 1)) }));
}

/** How good the newest day is in each dimension, 0 to 100; nothing where that is not kept. */
export function Scores({ days }: { days: number }) {
  const answer = useDataQualityScores(days);
  const scores = answer.state === 'ready' ? newestScores(answer.value) : [];
  const [first] = scores;
  if (first === undefined) {
    return null;
  }
  return (
    <section className="scores" aria-label="Scores">
      <ul className="score-row">
        {scores.map(({ newest, days: all }) => (
          <li key={newest.dimension} title={all.map(({ day, score }) => `${dayOf(day, 'UTC')}: ${score}`).join('\n')}>
            <span className="figure-label">{newest.dimension}</span>
            <b className={`score-value num ${newest.failed > 0 ? 'tone-bad' : newest.score < 100 ? 'tone-warn' : ''}`}>{newest.score}</b>
            <span className="score-bar" aria-hidden="true">
              <i className={`fill-${newest.failed > 0 ? 'bad' : newest.score < 100 ? 'warn' : 'good'}`} style={{ width: `${newest.score}%` }} />
            </span>
            <span className="figure-note num">{newest.failed > 0 ? `${formatCount(newest.failed)} of ${formatCount(newest.checks)} failed` : `${formatCount(newest.checks)} checked`}</span>
          </li>
        ))}
      </ul>
      <p className="score-note">Of 100, on {dayOf(first.newest.day, 'UTC')}: a check in order counts 100, a warning 50, a failed one 0.</p>
    </section>
  );
}
