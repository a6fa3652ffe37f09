import { rowsIfThere, rowsOf, usePolled, type Answer } from './polled';

const READ_EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
const MOST_ROWS = 1_000;
const MOST_PAGES = 10;
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

/** What one comparison of so many figures came to. */
interface Verdict {
  equal: boolean | null;
  figures: number;
}

/** The self-audit's last day. */
export function useProof(): Answer<Proof> {
  return usePolled(
    'audit_result',
    async ({ client, signal, now }) => {
      const since = new Date(now - DAY_MS).toISOString();
      const results = (columns: string) => client.from('audit_result').select(columns).gte('run_at', since).order('audit_id', { ascending: false });
      const verdicts = async () => {
        const found: Verdict[] = [];
        // A day may have more than one answer holds.
        for (let page = 0; page < MOST_PAGES; page += 1) {
          const rows = await rowsOf<Verdict>(results('equal,figures').range(page * MOST_ROWS, (page + 1) * MOST_ROWS - 1).abortSignal(signal));
          found.push(...rows);
          if (rows.length < MOST_ROWS) {
            break;
          }
        }
        return found;
      };
      const [all, unequal, [last]] = await Promise.all([
        verdicts(),
        rowsOf<AuditResult>(results('audit_id,run_at,scope,key,equal,first_difference').eq('equal', false).limit(MOST_UNEQUAL).abortSignal(signal)),
        rowsOf<Pick<AuditResult, 'run_at'>>(results('run_at').limit(1).abortSignal(signal)),
      ]);
      const count = (verdict: boolean | null) => all.filter(({ equal }) => equal === verdict).length;
      const proven = all.reduce((sum, { equal, figures }) => sum + (equal === true ? figures : 0), 0);
      return { proven, unequalCount: count(false), unequal, inconclusive: count(null), lastRunAt: last?.run_at ?? null };
    },
    READ_EVERY_MS,
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
        rows.map(async (row): Promise<Kept> => {
          const [, table, bucket] = HISTORY.exec(row.relation) ?? [];
          if (table === undefined || bucket === undefined) {
            return { ...row, oldest: null };
          }
          const [oldest] = await rowsIfThere<{ bucket_start: string }>(client.from(table).select('bucket_start').eq('bucket', bucket).order('bucket_start').limit(1).abortSignal(signal));
          return { ...row, oldest: oldest?.bucket_start ?? null };
        }),
      );
    },
    READ_EVERY_MS,
  );
}
