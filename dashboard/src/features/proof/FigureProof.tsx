import { useFigureProofs, useOracle, useTable, type Answer, type FigureProof } from '@agentpulse/react';
import { Icon } from '../../components/Icon';
import { formatCount, formatMillis, plural } from '../../lib/format';
import { dayAndTime, useZone } from '../../lib/zone';
import { Sample } from './Sample';

/** Whose proof is asked for: rows of a result table, and which of its rows the figure is in. */
export interface ProofQuestion {
  table: string;
  /** The agent or annotator, or all; where it is left out, the figure is a sum over all subjects. */
  subject?: string;
  /** The row's key. */
  where: Readonly<Record<string, string>>;
}

type Tone = 'good' | 'bad' | 'none';

interface Words {
  tone: Tone;
  text: string;
  note?: string;
  lines: readonly [name: string, value: string][];
  difference?: unknown;
}

const NOT_YET = 'The audit comes round every five minutes and takes agents in turn, as far as its time allows.';

function linesOf(proof: FigureProof, zone: string): [string, string][] {
  return [
    ['When', dayAndTime(proof.run_at, zone)],
    ['Figures', `${formatCount(proof.figures)}, all windows of ${proof.subject === 'all' ? 'the table' : proof.subject}`],
    ...(proof.as_of === null ? [] : [['Results as of', dayAndTime(proof.as_of, zone)] as [string, string]]),
    ...(proof.commit_lsn === null ? [] : [['Log position', proof.commit_lsn] as [string, string]]),
    ['Took', formatMillis(proof.duration_ms)],
  ];
}

/** What the last proof says, of one subject or of all that a sum is made of. */
export function proofWords(answer: Answer<readonly FigureProof[]>, subjects: readonly string[], one: boolean, zone: string): Words {
  switch (answer.state) {
    case 'reading':
      return { tone: 'none', text: 'Being read.', lines: [] };
    case 'failed':
      return { tone: 'none', text: `It cannot be read now: ${answer.message}.`, lines: [] };
    case 'missing':
      return { tone: 'none', text: 'Proofs of single figures are not kept here, or not for you.', lines: [] };
    default:
  }
  const proofs = answer.value.filter(({ subject }) => subjects.includes(subject));
  const wrong = proofs.find(({ equal }) => !equal);
  const [first] = proofs;
  if (first === undefined) {
    return { tone: 'none', text: 'This figure was not audited yet.', note: NOT_YET, lines: [] };
  }
  if (wrong !== undefined) {
    const text = one ? 'It was not what plain SQL says.' : `${wrong.subject}, one of its parts, was not what plain SQL says.`;
    return { tone: 'bad', text, note: 'An incident is open until the audit finds them equal.', lines: linesOf(wrong, zone), difference: wrong.first_difference };
  }
  if (one) {
    return { tone: 'good', text: 'It was equal to plain SQL over the source table.', note: 'Figures go on changing; each time it comes round the audit takes them as they are then.', lines: linesOf(first, zone) };
  }
  const times = proofs.map(({ run_at }) => Date.parse(run_at));
  const missing = subjects.length - proofs.length;
  return {
    tone: missing === 0 ? 'good' : 'none',
    text: missing === 0 ? `Each of the ${plural(proofs.length, 'agent')} that it sums up was equal to plain SQL.` : `${formatCount(proofs.length)} of the ${plural(subjects.length, 'agent')} that it sums up were equal to plain SQL, ${formatCount(missing)} not audited yet.`,
    lines: [
      ['When', `from ${dayAndTime(Math.min(...times), zone)} to ${dayAndTime(Math.max(...times), zone)}`],
      ['Figures', formatCount(proofs.reduce((sum, { figures }) => sum + figures, 0))],
      ['Took', formatMillis(proofs.reduce((sum, { duration_ms }) => sum + duration_ms, 0))],
    ],
  };
}

const ICON = { good: 'healthy', bad: 'degraded', none: 'info' } as const;

/** The last time that the self-audit compared this very figure, with what, and what came of it. */
export function FigureProofPart({ question: { table, subject, where } }: { question: ProofQuestion }) {
  const zone = useZone();
  const answer = useFigureProofs(table, subject);
  const agents = useTable('agent_health');
  const oracle = useOracle(table);
  const { tone, text, note, lines, difference } = proofWords(answer, subject === undefined ? agents.map(({ agent }) => agent) : [subject], subject !== undefined, zone);
  return (
    <section className="why-proof">
      <h3>The last proof of this figure</h3>
      <p className={`proof-verdict ${tone === 'none' ? '' : `is-${tone}`}`}>
        <Icon name={ICON[tone]} />
        <span>
          {text} {note !== undefined && <span className="muted">{note}</span>}
        </span>
      </p>
      {lines.length > 0 && (
        <dl className="why-lines">
          {lines.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="num">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <Sample value={difference} label="As it was, and as it should be" open />
      {oracle.state === 'ready' && oracle.value !== null && (
        <details className="sample">
          <summary>What it is compared with</summary>
          <pre tabIndex={0}>{oracleOf(oracle.value, where)}</pre>
        </details>
      )}
    </section>
  );
}

/** The query that the audit compares with, for one row: as agentpulse.proof_sql makes it. */
export function oracleOf(sql: string, where: Readonly<Record<string, string>>): string {
  const terms = Object.entries(where).map(([column, value]) => `${column} = '${value.replaceAll("'", "''")}'`);
  return `SELECT * FROM (\n${sql.trim()}\n) AS proof${terms.length === 0 ? '' : `\nWHERE ${terms.join(' AND ')}`};`;
}
