import { useEffect, useState } from 'react';
import { useLiveSource } from './context';
import { readError, type ReadError } from './snapshot';

export type HistoryRange = '1h' | '24h' | '7d';

/** A row of agent_performance_history, as far as it is read here. */
export interface AgentHistory {
  bucket_start: string;
  query_count: number;
  avg_latency_ms: number | null;
  p50_latency_ms: number | null;
  p95_latency_ms: number | null;
  p99_latency_ms: number | null;
  /** False while the bucket has not ended; its row may be 30 s old then. */
  final: boolean;
}

interface RangeSpec {
  bucket: '1m' | '15m' | '1h';
  stepMs: number;
  lengthMs: number;
  /** What it is compared with began so long before. */
  beforeMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const HISTORY_RANGES: Record<HistoryRange, RangeSpec> = {
  '1h': { bucket: '1m', stepMs: MINUTE, lengthMs: HOUR, beforeMs: DAY },
  '24h': { bucket: '15m', stepMs: 15 * MINUTE, lengthMs: DAY, beforeMs: DAY },
  '7d': { bucket: '1h', stepMs: HOUR, lengthMs: 7 * DAY, beforeMs: 7 * DAY },
};

/** An open bucket is written every 30 s. */
const READ_EVERY_MS = 30_000;
const TIMEOUT_MS = 10_000;
const COLUMNS = 'bucket_start,query_count,avg_latency_ms,p50_latency_ms,p95_latency_ms,p99_latency_ms,final';

export interface HistoryPoints {
  /** Where each bucket begins, in milliseconds since 1970; the last one is open. */
  times: number[];
  /** Null where the agent had no query. */
  rows: (AgentHistory | null)[];
  /** The bucket a day, or a week, before each. */
  before: (AgentHistory | null)[];
  /** From when on a bucket without a row is one without queries; null if that is not known. */
  completeFrom: number | null;
}

export type HistoryAnswer =
  | { state: 'reading' }
  | { state: 'ready'; points: HistoryPoints }
  /** It is not kept here, or not for this visitor. */
  | { state: 'missing' }
  | { state: 'failed'; message: string };

/** The buckets of a range up to a moment, each with its row. */
export function historyPoints(range: HistoryRange, now: number, rows: readonly AgentHistory[], before: readonly AgentHistory[], completeFrom: number | null): HistoryPoints {
  const { stepMs, lengthMs, beforeMs } = HISTORY_RANGES[range];
  const byStart = (each: readonly AgentHistory[], shift: number) => new Map(each.map((row) => [Date.parse(row.bucket_start) + shift, row]));
  const [of, ofBefore] = [byStart(rows, 0), byStart(before, beforeMs)];
  const { from } = span(range, now);
  const times = Array.from({ length: lengthMs / stepMs }, (_, step) => from + step * stepMs);
  return { times, rows: times.map((time) => of.get(time) ?? null), before: times.map((time) => ofBefore.get(time) ?? null), completeFrom };
}

function span(range: HistoryRange, now: number): { from: number; to: number } {
  const { stepMs, lengthMs } = HISTORY_RANGES[range];
  const to = (Math.floor(now / stepMs) + 1) * stepMs;
  return { from: to - lengthMs, to };
}

/** One agent over hours or days, from stored history; read again every half a minute. */
export function useAgentHistory(agent: string, range: HistoryRange): HistoryAnswer {
  const { client, schema, clock } = useLiveSource();
  const asked = `${range} ${agent}`;
  const [answer, setAnswer] = useState<{ asked: string; answer: HistoryAnswer }>({ asked, answer: { state: 'reading' } });
  useEffect(() => {
    const abort = new AbortController();
    const { bucket, beforeMs } = HISTORY_RANGES[range];
    const read = async (): Promise<HistoryAnswer> => {
      const now = clock.now() ?? Date.now();
      const { from, to } = span(range, now);
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const rows = (shift: number) =>
        client
          .schema(schema)
          .from('agent_performance_history')
          .select(COLUMNS)
          .eq('agent', agent)
          .eq('bucket', bucket)
          .gte('bucket_start', new Date(from - shift).toISOString())
          .lt('bucket_start', new Date(to - shift).toISOString())
          .order('bucket_start')
          .abortSignal(signal);
      const reach = client.schema(schema).from('history_reach').select('complete_from').eq('history_table', 'agent_performance_history').eq('bucket', bucket).abortSignal(signal);
      const [mine, before, since] = await Promise.all([rows(0), rows(beforeMs), reach]);
      const failed = [mine, before, since].find(({ error }) => error !== null);
      if (failed?.error) {
        return afterFailure(readError(failed.error, failed.status));
      }
      const completeFrom = (since.data as { complete_from: string }[])[0]?.complete_from;
      return {
        state: 'ready',
        points: historyPoints(range, now, mine.data as AgentHistory[], before.data as AgentHistory[], completeFrom === undefined ? null : Date.parse(completeFrom)),
      };
    };
    const show = () =>
      void read().then((found) => {
        // What was read before stays while a later read fails: the page says by itself that it has no connection.
        if (!abort.signal.aborted) {
          setAnswer((last) => (found.state === 'failed' && last.asked === asked && last.answer.state === 'ready' ? last : { asked, answer: found }));
        }
      });
    show();
    const timer = setInterval(show, READ_EVERY_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [client, schema, clock, agent, range, asked]);
  return answer.asked === asked ? answer.answer : { state: 'reading' };
}

function afterFailure({ outage, message }: ReadError): HistoryAnswer {
  return outage === 'denied' || outage === 'missing' ? { state: 'missing' } : { state: 'failed', message };
}
