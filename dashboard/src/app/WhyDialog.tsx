import { useEffect, useState, type ReactNode } from 'react';
import { useCompared, useLiveSource, useProof, type Alert, type LiveSource } from '@agentpulse/react';
import { Modal } from '../components/Modal';
import { conversationLink } from '../config/config';
import { useConfig } from '../config/context';
import { totals } from '../features/performance/totals';
import { changeDetail, type ChangeKind } from '../lib/change';
import { formatCount, formatDataAge, NOT_AVAILABLE } from '../lib/format';
import { notify } from '../lib/notices';
import { onWhy, type WhyQuestion } from '../lib/why';
import { dayAndTime, useZone } from '../lib/zone';
import { FigureProofPart, type ProofQuestion } from '../features/proof/FigureProof';
import { proofText } from '../features/proof/ProofLine';
import { FIGURES, fillSql, type FigureText } from './figures';
import { NoteList } from '../features/alerts/NoteDialog';
import { notesOf, useNotesByAlert } from '../features/alerts/notes';
import { ruleMeaning, ruleTitle, ruleValue } from '../features/alerts/rules';

/** Why is this number so: its window, the rows it counts, its definition, and the SQL that proves it. */
export function WhyDialog() {
  const [question, setQuestion] = useState<WhyQuestion | null>(null);
  useEffect(() => onWhy(setQuestion), []);
  if (question === null) {
    return null;
  }
  const close = () => setQuestion(null);
  return question.alertId === undefined ? <WhyFigure question={question} onClose={close} /> : <WhyAlert alertId={question.alertId} onClose={close} />;
}

interface Line {
  name: string;
  value: string;
}

function Lines({ lines, children }: { lines: readonly Line[]; children?: ReactNode }) {
  return (
    <dl className="why-lines">
      {lines.map((line) => (
        <WhyLine key={line.name} {...line} />
      ))}
      {children}
    </dl>
  );
}

function WhyLine({ name, value }: Line) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{value}</dd>
    </div>
  );
}

/** What a figure of the overview was a day and a week before. */
function WhyCompared({ kind }: { kind: ChangeKind }) {
  const zone = useZone();
  const compared = useCompared();
  const change = compared.state === 'ready' ? compared.value[kind] : null;
  return change && <WhyLine name="Compared" value={changeDetail(kind, change, zone)} />;
}

function Sql({ text }: { text: string }) {
  return (
    <div className="why-sql">
      <div className="why-sql-head">
        <h3>The SQL that proves it</h3>
        <button
          type="button"
          className="button quiet"
          onClick={() => {
            navigator.clipboard.writeText(text).then(
              () => notify('Copied.', undefined, 2_000),
              () => notify('The browser does not let the page copy.', undefined, 4_000),
            );
          }}
        >
          Copy
        </button>
      </div>
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  );
}

/** As exact as it is stored, with its unit. */
function exact(name: string, value: unknown): string {
  if (value === null || value === undefined) {
    return `${NOT_AVAILABLE}: nothing to count`;
  }
  const unit = /latency|_ms$/.test(name) ? ' ms' : name.endsWith('_pct') ? ' %' : name.endsWith('_seconds') ? ' s' : '';
  return `${String(value)}${unit}`;
}

/** Figures that no single row holds. */
function computed(live: LiveSource, { figure, source }: WhyQuestion): string | undefined {
  const { queries, latency } = totals(live.store);
  const status = live.store.list('pipeline_status');
  switch (figure) {
    case 'total_queries':
      return exact(figure, queries);
    case 'total_latency':
      return exact(figure, latency);
    case 'freshness':
      return formatDataAge(live.freshness().ageMs);
    case 'changes_read':
    case 'changes_rejected':
      return exact(figure, status.reduce((sum, row) => sum + row[figure], 0));
    default:
      return source === undefined ? undefined : exact(figure, status.reduce((sum, { details }) => sum + noted(details[source], figure), 0));
  }
}

/** What is noted of a source table: source_read is its count of read changes. */
function noted(counts: unknown, figure: string): number {
  return Number((counts as Partial<Record<string, number>> | undefined)?.[figure.replace('source_', '')] ?? 0);
}

/** Which row of which table proves a figure; null of what is about the pipeline itself, which no source table knows. */
function proofQuestion({ table }: FigureText, { agent, window }: WhyQuestion): ProofQuestion | null {
  switch (table) {
    case 'pipeline_status':
      return null;
    case 'total':
      return { table: 'agent_performance', where: { window_name: '1m' } };
    case 'agent_performance':
      return { table, subject: agent ?? '', where: { agent: agent ?? '', window_name: window ?? '' } };
    case 'approval_queue':
      return { table, subject: 'all', where: { queue: 'all' } };
    default:
      return { table, subject: 'all', where: { window_name: window ?? '' } };
  }
}

/** Of which figures of the overview there is something to compare with. */
const COMPARED: Record<string, ChangeKind> = { total_queries: 'queries', total_latency: 'latency', pending_count: 'waiting', 'unsafe_rate_pct 24h': 'unsafe' };

function WhyFigure({ question, onClose }: { question: WhyQuestion; onClose: () => void }) {
  const live = useLiveSource();
  const { store } = live;
  const zone = useZone();
  const proof = useProof();
  const figure = FIGURES[question.figure];
  if (!figure) {
    return null;
  }
  const { agent, source, window } = question;
  const key = figure.table === 'agent_performance' ? `${window} ${agent}` : figure.table === 'approval_queue' ? 'all' : (window ?? '');
  // The picture of the moment of the question: it must not change while it is read.
  const row = figure.table === 'total' || figure.table === 'pipeline_status' ? undefined : (store.row(figure.table, key) as Record<string, unknown> | undefined);
  const asOf = store.list('pipeline_status').map((each) => each.as_of).sort()[0];
  const from = row?.window_start as string | undefined;
  const to = (row?.window_end ?? row?.as_of) as string | undefined;
  const value = row ? exact(question.figure, row[question.figure]) : computed(live, question);
  const kind = COMPARED[question.figure] ?? COMPARED[`${question.figure} ${window}`];
  const counted = figure.rows?.reduce((sum, name) => sum + Number(row?.[name] ?? 0), 0);
  const lines: Line[] = [
    ...(agent ? [{ name: 'Agent', value: agent }] : []),
    ...(source ? [{ name: 'Source table', value: source }] : []),
    ...(value === undefined ? [] : [{ name: 'Value', value }]),
    ...(from && to ? [{ name: 'Window', value: `after ${dayAndTime(from, zone)} up to ${dayAndTime(to, zone)}` }] : []),
    ...(!from && (to ?? asOf) ? [{ name: 'As of', value: dayAndTime((to ?? asOf) as string, zone) }] : []),
    ...(counted !== undefined && row ? [{ name: 'Rows counted', value: formatCount(counted) }] : []),
    { name: 'Self-audit', value: proofText(proof, zone) },
  ];
  const proven = proofQuestion(figure, question);
  return (
    <Modal title={figure.title} onClose={onClose}>
      <p className="why-definition">{figure.definition}</p>
      <Lines lines={lines}>{kind !== undefined && <WhyCompared kind={kind} />}</Lines>
      {proven && <FigureProofPart question={proven} />}
      {figure.sql && <Sql text={fillSql(figure.sql, { agent, source, from, to })} />}
    </Modal>
  );
}

function WhyAlert({ alertId, onClose }: { alertId: string; onClose: () => void }) {
  const { store } = useLiveSource();
  const config = useConfig();
  const zone = useZone();
  const alert: Alert | undefined = store.row('alert', alertId);
  const notes = notesOf(useNotesByAlert(), [alertId]);
  if (!alert) {
    return null;
  }
  const link = conversationLink(config, alert.conversation_id);
  const lines: Line[] = [
    { name: 'Subject', value: alert.subject },
    ...(alert.value !== null ? [{ name: 'Value that opened it', value: ruleValue(alert.rule, alert.value) }] : []),
    ...(alert.threshold !== null ? [{ name: 'Limit', value: ruleValue(alert.rule, alert.threshold) }] : []),
    { name: 'Severity', value: alert.severity },
    { name: 'Opened', value: dayAndTime(alert.opened_at, zone) },
    { name: 'Noticed', value: dayAndTime(alert.detected_at, zone) },
    ...(alert.acknowledged_by ? [{ name: 'Taken by', value: `${alert.acknowledged_by}, ${dayAndTime(alert.acknowledged_at as string, zone)}` }] : []),
    ...Object.entries(alert.details ?? {}).map(([name, value]) => ({ name, value: typeof value === 'string' ? value : JSON.stringify(value) })),
  ];
  return (
    <Modal title={ruleTitle(alert.rule)} onClose={onClose}>
      <p className="why-definition">{ruleMeaning(alert.rule)}</p>
      <Lines lines={lines} />
      {link !== null && (
        <p>
          <a href={link} target="_blank" rel="noreferrer">
            Open conversation {alert.conversation_id}
          </a>
        </p>
      )}
      {notes.length > 0 && <NoteList notes={notes} />}
      <Sql text={`SELECT *\nFROM agentpulse.alert\nWHERE alert_id = '${alert.alert_id.replaceAll("'", "''")}';`} />
    </Modal>
  );
}
