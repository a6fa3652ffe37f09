import { rowsIfThere, rowsOf, usePolled, type Answer } from './polled';

export type HistoryRange = '1h' | '24h' | '7d' | '30d' | '90d';

/** From one moment to another, in milliseconds since 1970: it does not move on with the clock. */
export interface FixedRange {
  from: number;
  to: number;
}

/** Up to now, or a range that is fixed. */
export type HistorySpan = HistoryRange | FixedRange;

/** What every table of history has. */
export interface HistoryRow {
  bucket_start: string;
  /** False while the bucket has not ended; its row may be 30 s old then. */
  final: boolean;
}

/** A row of agent_performance_history, as far as it is read here. */
export interface AgentHistory extends HistoryRow {
  query_count: number;
  latency_sum_ms: number | null;
  avg_latency_ms: number | null;
  p50_latency_ms: number | null;
  p95_latency_ms: number | null;
  p99_latency_ms: number | null;
}

/** A row of all_agents_history, as far as it is read here: the parts of all agents, summed. */
export interface AllAgentsHistory extends HistoryRow {
  query_count: number;
  latency_count: number;
  latency_sum_ms: number;
  avg_latency_ms: number | null;
  fastest_agent_ms: number | null;
  slowest_agent_ms: number | null;
}

/** A row of approval_history, as far as it is read here. */
export interface ApprovalHistory extends HistoryRow {
  requested_count: number;
  decided_count: number;
  breached_count: number;
  p50_resolution_seconds: number | null;
  p95_resolution_seconds: number | null;
  sla_compliance_pct: number | null;
}

/** A row of training_history, as far as it is read here. */
export interface TrainingHistory extends HistoryRow {
  feedback_count: number;
  safe_count: number;
  unsafe_count: number;
  unsafe_rate_pct: number | null;
  avg_clarity: number | null;
  avg_accuracy: number | null;
  avg_tone: number | null;
}

interface HistoryRows {
  agent_performance_history: AgentHistory;
  all_agents_history: AllAgentsHistory;
  approval_history: ApprovalHistory;
  training_history: TrainingHistory;
}

export type HistoryTable = keyof HistoryRows;

/** The column that says whose row it is; the view of all agents has none, and reaches as far as what it sums. */
const TABLES: Record<HistoryTable, { key?: string; columns: string; reaches?: HistoryTable }> = {
  all_agents_history: { reaches: 'agent_performance_history', columns: 'query_count,latency_count,latency_sum_ms,avg_latency_ms,fastest_agent_ms,slowest_agent_ms' },
  agent_performance_history: { key: 'agent', columns: 'query_count,latency_sum_ms,avg_latency_ms,p50_latency_ms,p95_latency_ms,p99_latency_ms' },
  approval_history: { key: 'queue', columns: 'requested_count,decided_count,breached_count,p50_resolution_seconds,p95_resolution_seconds,sla_compliance_pct' },
  training_history: { key: 'dataset', columns: 'feedback_count,safe_count,unsafe_count,unsafe_rate_pct,avg_clarity,avg_accuracy,avg_tone' },
};

interface RangeSpec {
  bucket: '1m' | '15m' | '1h' | '1d';
  stepMs: number;
  lengthMs: number;
  /** What it is compared with began so long before: whole weeks where a weekday matters. */
  beforeMs: readonly number[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Each with a bucket that makes of it a few hundred points at most. */
export const HISTORY_RANGES: Record<HistoryRange, RangeSpec> = {
  '1h': { bucket: '1m', stepMs: MINUTE, lengthMs: HOUR, beforeMs: [DAY, 7 * DAY] },
  '24h': { bucket: '15m', stepMs: 15 * MINUTE, lengthMs: DAY, beforeMs: [DAY, 7 * DAY] },
  '7d': { bucket: '1h', stepMs: HOUR, lengthMs: 7 * DAY, beforeMs: [7 * DAY] },
  '30d': { bucket: '1d', stepMs: DAY, lengthMs: 30 * DAY, beforeMs: [28 * DAY] },
  '90d': { bucket: '1d', stepMs: DAY, lengthMs: 90 * DAY, beforeMs: [91 * DAY] },
};

/** The range in whose buckets a span is shown: itself, or the shortest that is as long. */
export function rangeOfSpan(span: HistorySpan): HistoryRange {
  if (typeof span === 'string') {
    return span;
  }
  const ranges = Object.keys(HISTORY_RANGES) as HistoryRange[];
  return ranges.find((range) => HISTORY_RANGES[range].lengthMs >= span.to - span.from) ?? '90d';
}

/** An open bucket is written every 30 s. */
const READ_EVERY_MS = 30_000;

/** How far the reading of the time before the first start is: the newest day goes first. */
export interface Filling {
  /** Days that are not read yet, the one that is being read included. */
  days: number;
  /** The day that is read now or next. */
  day: string;
}

export interface HistoryPoints<R extends HistoryRow = AgentHistory> {
  /** Where each bucket begins, in milliseconds since 1970. */
  times: number[];
  /** Whether the last bucket is over: that of a range up to now is not. */
  ended: boolean;
  /** Null where nothing happened, or nothing is known. */
  rows: (R | null)[];
  /** The bucket a day, or whole weeks, before each: what is nearest comes first. */
  before: { shiftMs: number; rows: (R | null)[] }[];
  /** From when on a bucket without a row is one without events; null if that is not known. */
  completeFrom: number | null;
  /** While the time before the first start is still being read. */
  filling: Filling | null;
}

/** The buckets of a span, each with its row. */
export function historyPoints<R extends HistoryRow>(
  span: HistorySpan,
  now: number,
  rows: readonly R[],
  before: readonly (readonly R[])[],
  completeFrom: number | null,
  filling: Filling | null = null,
): HistoryPoints<R> {
  const { stepMs, beforeMs } = HISTORY_RANGES[rangeOfSpan(span)];
  const byStart = (each: readonly R[], shift: number) => new Map(each.map((row) => [Date.parse(row.bucket_start) + shift, row]));
  const rowsAt = (each: Map<number, R>) => times.map((time) => each.get(time) ?? null);
  const { from, to } = bucketsOf(span, now);
  const times = Array.from({ length: (to - from) / stepMs }, (_, step) => from + step * stepMs);
  const spans = beforeMs.map((shiftMs, index) => ({ shiftMs, rows: rowsAt(byStart(before[index] ?? [], shiftMs)) }));
  return { times, ended: to <= now, rows: rowsAt(byStart(rows, 0)), before: spans, completeFrom, filling };
}

/** From where to where the buckets of a span reach. */
export function bucketsOf(span: HistorySpan, now: number): FixedRange {
  const { stepMs, lengthMs } = HISTORY_RANGES[rangeOfSpan(span)];
  if (typeof span !== 'string') {
    return { from: Math.floor(span.from / stepMs) * stepMs, to: Math.ceil(span.to / stepMs) * stepMs };
  }
  const to = (Math.floor(now / stepMs) + 1) * stepMs;
  return { from: to - lengthMs, to };
}

/** What tells a question about one span from one about another. */
export function spanKey(span: HistorySpan): string {
  return typeof span === 'string' ? span : `${span.from} ${span.to}`;
}

/** Hours or days of one key of a table of history; read again every half a minute. */
function useHistory<T extends HistoryTable>(table: T, key: string, span: HistorySpan): Answer<HistoryPoints<HistoryRows[T]>> {
  return usePolled(
    `${table} ${spanKey(span)} ${key}`,
    async ({ client, signal, now }) => {
      const { bucket, beforeMs } = HISTORY_RANGES[rangeOfSpan(span)];
      const { from, to } = bucketsOf(span, now);
      const { key: column, columns, reaches = table } = TABLES[table];
      const rows = (shift: number) => {
        const all = client.from(table).select(`bucket_start,final,${columns}`).eq('bucket', bucket);
        return rowsOf<HistoryRows[T]>(
          (column === undefined ? all : all.eq(column, key))
            .gte('bucket_start', new Date(from - shift).toISOString())
            .lt('bucket_start', new Date(to - shift).toISOString())
            .order('bucket_start')
            .abortSignal(signal),
        );
      };
      const reach = client.from('history_reach').select('complete_from').eq('history_table', reaches).eq('bucket', bucket).abortSignal(signal);
      const left = client.from('history_progress').select('day').eq('history_table', reaches).neq('state', 'done').order('day', { ascending: false }).abortSignal(signal);
      const [mine, before, [since], days] = await Promise.all([rows(0), Promise.all(beforeMs.map(rows)), rowsOf<{ complete_from: string }>(reach), rowsIfThere<{ day: string }>(left)]);
      const filling = days[0] === undefined ? null : { days: days.length, day: days[0].day };
      return historyPoints(span, now, mine, before, since === undefined ? null : Date.parse(since.complete_from), filling);
    },
    READ_EVERY_MS,
  );
}

/** One agent over hours or days, from stored history. */
export function useAgentHistory(agent: string, span: HistorySpan): Answer<HistoryPoints> {
  return useHistory('agent_performance_history', agent, span);
}

/** All agents together over hours or days, from stored history. */
export function useAllAgentsHistory(span: HistorySpan): Answer<HistoryPoints<AllAgentsHistory>> {
  return useHistory('all_agents_history', '', span);
}

/** What was requested and decided over hours or days. */
export function useApprovalHistory(span: HistorySpan): Answer<HistoryPoints<ApprovalHistory>> {
  return useHistory('approval_history', 'all', span);
}

/** What feedback came in over hours or days. */
export function useTrainingHistory(span: HistorySpan): Answer<HistoryPoints<TrainingHistory>> {
  return useHistory('training_history', 'all', span);
}
