import { rowsIfThere, rowsOf, usePolled, type Answer } from './polled';

const READ_EVERY_MS = 60_000;
/** It changes with the version of the job. */
const ORACLE_EVERY_MS = 600_000;
const DAY_MS = 86_400_000;
const MOST_ROWS = 1_000;
const MOST_UNEQUAL = 50;

export interface AgentQuality {
  agent: string;
  quality_score: number | null;
  quality_score_adjusted: number | null;
  reviewed_n: number;
  quality_low: number | null;
  quality_high: number | null;
  confidence: 'low' | 'medium' | 'high';
  change_points: number | null;
  as_of: string;
}

export interface DataQuality {
  day: string;
  source_table: string;
  dimension: string;
  check_name: string;
  value: number | null;
  threshold: number | null;
  status: 'ok' | 'warning' | 'failed';
  sample: unknown;
}

export interface AuditResult {
  audit_id: number;
  run_at: string;
  scope: string;
  key: string;
  /** Null: it could not be told. */
  equal: boolean | null;
  first_difference: unknown;
}

/** How often an annotator said the same as the others about the same conversation. */
export interface AnnotatorAgreement {
  annotator: string;
  compared_n: number;
  agreed_n: number;
  agreement_pct: number;
  /** 1 where all agree, 0 where they agree as often as chance would have it; null where that cannot be told. */
  kappa: number | null;
  since: string;
  as_of: string;
}

/** How good a day's rows are in one dimension, 0 to 100. */
export interface DataQualityScore {
  day: string;
  dimension: string;
  score: number;
  checks: number;
  failed: number;
}

/** What the self-audit found in the last day. */
export interface Proof {
  proven: number;
  unequalCount: number;
  /** The newest of them. */
  unequal: readonly AuditResult[];
  inconclusive: number;
  lastRunAt: string | null;
}

export interface Retention {
  relation: string;
  day: string;
  /** 0 is for ever. */
  kept_seconds: number;
  runs: number;
  removed_rows: number;
  last_run_at: string;
  /** Why rows that are old enough are kept all the same; null where none are. */
  held: string | null;
}

/** Each agent's score with how far it can be trusted. */
export function useAgentQuality(): Answer<readonly AgentQuality[]> {
  return usePolled('agent_quality', ({ client, signal }) => rowsOf<AgentQuality>(client.from('agent_quality').select('*').order('agent').limit(MOST_ROWS).abortSignal(signal)), READ_EVERY_MS);
}

/** The checks of the last days, newest day first. */
export function useDataQuality(days: number): Answer<readonly DataQuality[]> {
  return usePolled(
    `data_quality_daily ${days}`,
    ({ client, signal, now }) => {
      const since = new Date(now - days * DAY_MS).toISOString().slice(0, 10);
      return rowsOf<DataQuality>(client.from('data_quality_daily').select('*').gte('day', since).order('day', { ascending: false }).order('source_table').order('check_name').limit(MOST_ROWS).abortSignal(signal));
    },
    READ_EVERY_MS,
  );
}

/** The scores of the last days, a row a day and dimension, newest day first. */
export function useDataQualityScores(days: number): Answer<readonly DataQualityScore[]> {
  return usePolled(
    `data_quality_score ${days}`,
    ({ client, signal, now }) => {
      const since = new Date(now - days * DAY_MS).toISOString().slice(0, 10);
      return rowsOf<DataQualityScore>(client.from('data_quality_score').select('*').gte('day', since).order('day', { ascending: false }).order('dimension').limit(MOST_ROWS).abortSignal(signal));
    },
    READ_EVERY_MS,
  );
}

/** Whether annotators agree with each other. */
export function useAnnotatorAgreement(): Answer<readonly AnnotatorAgreement[]> {
  return usePolled('annotator_agreement', ({ client, signal }) => rowsOf<AnnotatorAgreement>(client.from('annotator_agreement').select('*').order('annotator').limit(MOST_ROWS).abortSignal(signal)), READ_EVERY_MS);
}

interface Today {
  proven_figures_24h: number;
  unequal_24h: number;
  inconclusive_24h: number;
  last_run_at: string | null;
}

/** The self-audit's last day: one row, and what is unequal where something is. */
export function useProof(): Answer<Proof> {
  return usePolled(
    'audit_today',
    async ({ client, signal, now }) => {
      const [today] = await rowsOf<Today>(client.from('audit_today').select('*').abortSignal(signal));
      const since = new Date(now - DAY_MS).toISOString();
      const wrong = client.from('audit_result').select('audit_id,run_at,scope,key,equal,first_difference').gte('run_at', since).eq('equal', false);
      const unequalCount = today?.unequal_24h ?? 0;
      const unequal = unequalCount === 0 ? [] : await rowsOf<AuditResult>(wrong.order('audit_id', { ascending: false }).limit(MOST_UNEQUAL).abortSignal(signal));
      return { proven: today?.proven_figures_24h ?? 0, unequalCount, unequal, inconclusive: today?.inconclusive_24h ?? 0, lastRunAt: today?.last_run_at ?? null };
    },
    READ_EVERY_MS,
  );
}

/** The last time that the self-audit compared the rows of an agent, an annotator or a queue with plain SQL. */
export interface FigureProof {
  result_table: string;
  subject: string;
  run_at: string;
  /** Time and log position of the results that were compared. */
  as_of: string | null;
  commit_lsn: string | null;
  figures: number;
  equal: boolean;
  first_difference: unknown;
  duration_ms: number;
}

/** The last proof of the rows of a result table, a row a subject; of one subject where one is named. */
export function useFigureProofs(table: string, subject?: string): Answer<readonly FigureProof[]> {
  return usePolled(
    `audit_proof ${table} ${subject ?? ''}`,
    ({ client, signal }) => {
      const all = client.from('audit_proof').select('*').eq('result_table', table);
      return rowsOf<FigureProof>((subject === undefined ? all : all.eq('subject', subject)).order('subject').limit(MOST_ROWS).abortSignal(signal));
    },
    READ_EVERY_MS,
  );
}

/** The SQL that the rows of a result table are proven by, as the running job has it; null where there is none for this visitor. */
export function useOracle(table: string): Answer<string | null> {
  return usePolled(
    `audit_oracle ${table}`,
    async ({ client, signal }) => {
      const [found] = await rowsIfThere<{ sql: string }>(client.from('audit_oracle').select('sql').eq('result_table', table).abortSignal(signal));
      return found?.sql ?? null;
    },
    ORACLE_EVERY_MS,
  );
}

export interface Kept extends Retention {
  /** The oldest bucket, where it is a table of history that may be read. */
  oldest: string | null;
}

const HISTORY = /^(\w+_history)\W+(1m|15m|1h|1d)\b/;

/** How long each table is kept, what retention did today, and the oldest bucket of each history. */
export function useRetention(): Answer<readonly Kept[]> {
  return usePolled(
    'retention_state',
    async ({ client, signal }) => {
      const rows = await rowsOf<Retention>(client.from('retention_state').select('*').order('relation').abortSignal(signal));
      return Promise.all(
        // An older database does not say what is held.
        rows.map(async (row): Promise<Kept> => {
          const [, table, bucket] = HISTORY.exec(row.relation) ?? [];
          if (table === undefined || bucket === undefined) {
            return { ...row, held: row.held ?? null, oldest: null };
          }
          const [oldest] = await rowsIfThere<{ bucket_start: string }>(client.from(table).select('bucket_start').eq('bucket', bucket).order('bucket_start').limit(1).abortSignal(signal));
          return { ...row, held: row.held ?? null, oldest: oldest?.bucket_start ?? null };
        }),
      );
    },
    READ_EVERY_MS,
  );
}
