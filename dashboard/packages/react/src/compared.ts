import type { AllAgentsHistory, ApprovalHistory, TrainingHistory } from './history';
import { ifThere, rowsIfThere, rowsOf, usePolled, type Answer, type ReadContext } from './polled';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

const READ_EVERY_MS = MINUTE;
/** So long after its end a bucket's last row is there. */
const GRACE_MS = MINUTE;

/** A figure of an earlier span: null where there was nothing to make it of, unknown where history does not reach back so far. */
export type Then = number | null | 'unknown';

/** A figure of the last span that is over, and of the same span before. */
export interface Comparison {
  /** In milliseconds since 1970. */
  from: number;
  to: number;
  now: Then;
  yesterday: Then;
  lastWeek: Then;
}

/** What there is to compare; null where this visitor may not read it, or it is not kept here. */
export interface Compared {
  /** Queries of all agents in the last hour that is over, by quarters. */
  queries: Comparison | null;
  /** The average latency of these queries. */
  latency: Comparison | null;
  /** How many approvals wait, beside how many did at the full hour next to this time; null also while history has no row of an approval. */
  waiting: Comparison | null;
  /** The share of unsafe answers of the last 24 hours that are over, in percent. */
  unsafe: Comparison | null;
}

interface Bucket {
  bucket_start: string;
}

/** The rows of a span, and whether those that are not there are empty, as history is complete from its start on. */
type Spans<R> = (from: number, to: number) => { rows: readonly R[]; known: boolean };

export function spansOf<R extends Bucket>(rows: readonly R[], completeFrom: number | null): Spans<R> {
  const starts = rows.map((row) => Date.parse(row.bucket_start));
  return (from, to) => ({
    rows: rows.filter((_, index) => (starts[index] as number) >= from && (starts[index] as number) < to),
    known: completeFrom !== null && completeFrom <= from,
  });
}

/** The last span of a length that is over, by buckets of one length, and the same span a day and a week before. */
function compare<R>(now: number, step: number, length: number, spans: Spans<R>, figure: (rows: readonly R[]) => number | null): Comparison {
  const to = Math.floor((now - GRACE_MS) / step) * step;
  const from = to - length;
  const at = (shift: number): Then => {
    const { rows, known } = spans(from - shift, to - shift);
    return known ? figure(rows) : 'unknown';
  };
  return { from, to, now: at(0), yesterday: at(DAY), lastWeek: at(WEEK) };
}

function sum<R>(rows: readonly R[], part: (row: R) => number): number {
  return rows.reduce((total, row) => total + part(row), 0);
}

type Volume = Bucket & Pick<AllAgentsHistory, 'query_count' | 'latency_count' | 'latency_sum_ms'>;

export function compareVolume(now: number, rows: readonly Volume[], completeFrom: number | null): Pick<Compared, 'queries' | 'latency'> {
  const spans = spansOf(rows, completeFrom);
  return {
    queries: compare(now, QUARTER, HOUR, spans, (of) => sum(of, (row) => row.query_count)),
    latency: compare(now, QUARTER, HOUR, spans, (of) => ratio(sum(of, (row) => row.latency_sum_ms), sum(of, (row) => row.latency_count))),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/**
 * What was requested since and is not decided waits now and did not then; what was decided since is the other way round. The
 * row of the hour that has not ended may be half a minute old, so what waited then is known to within that.
 */
export function compareWaiting(now: number, waiting: number, rows: readonly (Bucket & Pick<ApprovalHistory, 'requested_count' | 'decided_count'>)[], completeFrom: number | null): Comparison | null {
  if (rows.length === 0) {
    return null;
  }
  const spans = spansOf(rows, completeFrom);
  const to = nearestHour(now);
  const at = (shift: number): Then => {
    const since = spans(to - shift, Infinity);
    if (!since.known) {
      return 'unknown';
    }
    const then = Math.max(0, waiting - sum(since.rows, (row) => row.requested_count - row.decided_count));
    // Before the first approval there was no queue that could have been empty.
    return then === 0 && spans(to - shift - DAY, to - shift).rows.length === 0 ? null : then;
  };
  return { from: to, to, now: waiting, yesterday: at(DAY), lastWeek: at(WEEK) };
}

function nearestHour(time: number): number {
  return Math.round(time / HOUR) * HOUR;
}

export function compareUnsafe(now: number, rows: readonly (Bucket & Pick<TrainingHistory, 'safe_count' | 'unsafe_count'>)[], completeFrom: number | null): Comparison {
  const unsafe = (of: typeof rows) => sum(of, (row) => row.unsafe_count);
  return compare(now, HOUR, DAY, spansOf(rows, completeFrom), (of) => ratio(100 * unsafe(of), unsafe(of) + sum(of, (row) => row.safe_count)));
}

/** The hours from one moment up to another. */
function hoursOf<R>({ client, signal }: ReadContext, table: string, key: string, columns: string, from: number, to: number): Promise<R[]> {
  const hours = client.from(table).select(`bucket_start,${columns}`).eq(key, 'all').eq('bucket', '1h');
  return rowsOf<R>(hours.gte('bucket_start', iso(from)).lt('bucket_start', iso(to)).order('bucket_start').abortSignal(signal));
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

/** The figures of now beside those of yesterday and of last week, of stored history. */
export function useCompared(): Answer<Compared> {
  return usePolled(
    'compared',
    async (context) => {
      const { client, signal, now } = context;
      const to = Math.floor((now - GRACE_MS) / QUARTER) * QUARTER;
      const quarters = [0, DAY, WEEK].flatMap((shift) => [1, 2, 3, 4].map((back) => iso(to - shift - back * QUARTER)));
      const volume = client.from('all_agents_history').select('bucket_start,query_count,latency_count,latency_sum_ms').eq('bucket', '15m').in('bucket_start', quarters);
      const hours = Math.floor((now - GRACE_MS) / HOUR) * HOUR;
      const queue = client.from('approval_queue').select('pending_count').eq('queue', 'all').limit(1);
      const [reach, queries, waiting, approvals, feedback] = await Promise.all([
        rowsOf<{ history_table: string; bucket: string; complete_from: string }>(client.from('history_reach').select('history_table,bucket,complete_from').abortSignal(signal)),
        ifThere(rowsOf<Volume>(volume.order('bucket_start').abortSignal(signal))),
        rowsIfThere<{ pending_count: number }>(queue.abortSignal(signal)),
        // With the hour that has not ended.
        ifThere(hoursOf<Bucket & ApprovalHistory>(context, 'approval_history', 'queue', 'requested_count,decided_count', nearestHour(now) - WEEK - DAY, now)),
        ifThere(hoursOf<Bucket & TrainingHistory>(context, 'training_history', 'dataset', 'safe_count,unsafe_count', hours - WEEK - DAY, hours)),
      ]);
      const from = (table: string, bucket: string) => {
        const found = reach.find((each) => each.history_table === table && each.bucket === bucket);
        return found === undefined ? null : Date.parse(found.complete_from);
      };
      return {
        ...(queries === null ? { queries: null, latency: null } : compareVolume(now, queries, from('agent_performance_history', '15m'))),
        waiting: approvals && waiting[0] ? compareWaiting(now, waiting[0].pending_count, approvals, from('approval_history', '1h')) : null,
        unsafe: feedback && compareUnsafe(now, feedback, from('training_history', '1h')),
      };
    },
    READ_EVERY_MS,
  );
}
