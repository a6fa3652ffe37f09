import type { SupabaseClient } from '@supabase/supabase-js';
import type { OutageCause } from './freshness';
import type { ChannelEvent } from './rows';
import type { Change } from './store';
import type { ResultTable } from './tables';

/** What a read ran into, in terms of what a person can do about it. */
export class ReadError extends Error {
  constructor(
    readonly outage: OutageCause,
    message: string,
  ) {
    super(message);
  }
}

/** PostgREST never sends more rows at once, unless configured otherwise at Supabase. */
const PAGE = 1_000;
const MOST_PAGES = 20;
const RESOLVED_ALERTS = 300;
const FIRST_EVENTS = 300;

const ORDER: Record<Exclude<ResultTable, 'alert' | 'channel_event'>, string> = {
  agent_performance: 'agent',
  agent_health: 'agent',
  approval_queue: 'queue',
  approval_activity: 'window_name',
  training_quality: 'window_name',
  annotator_activity: 'annotator',
  pipeline_status: 'component',
};

/** What approval_queue tells without naming a conversation. */
const QUEUE_AGGREGATES = [
  'queue',
  'pending_count',
  'sla_breach_count',
  'sla_breach_pct',
  'avg_pending_age_seconds',
  'min_pending_age_seconds',
  'max_pending_age_seconds',
  'pending_under_1m',
  'pending_1m_to_5m',
  'pending_5m_to_15m',
  'pending_over_15m',
  'oldest_pending_created_at',
  'as_of',
].join();

/** Messages in the order of seq. */
export interface EventsRead {
  events: ChannelEvent[];
  /** Nothing was left behind the last of them. */
  toTheEnd: boolean;
}

/**
 * Reads the result tables through PostgREST. What quotes rows of the source tables is not everybody's to read: where it is
 * refused, it is left out, and {@link withheld} says so.
 */
export class SnapshotReader {
  /** The tables that the last read was refused, whole or, of approval_queue, in part. */
  readonly withheld = new Set<ResultTable>();

  constructor(
    private readonly client: SupabaseClient,
    private readonly schema: string,
  ) {}

  /** One small question, to know whether anything answers. */
  async probe(signal: AbortSignal): Promise<void> {
    await this.run(this.from('pipeline_status').select('tick').limit(1).abortSignal(signal));
  }

  /** Every table as it is now. pipeline_status is read first: what follows is at least as new as it says. */
  async readAll(signal: AbortSignal): Promise<Change[]> {
    const status = await this.table('pipeline_status', signal);
    const rest = await Promise.all([
      ...(
        ['agent_health', 'agent_performance', 'approval_activity', 'training_quality'] as const
      ).map((table) => this.table(table, signal)),
      this.unlessWithheld(
        'approval_queue',
        () => this.table('approval_queue', signal),
        () => this.queueCounts(signal),
      ),
      this.unlessWithheld<Change>(
        'annotator_activity',
        () => this.table('annotator_activity', signal),
        () => ({ table: 'annotator_activity', type: 'replace', rows: [] }),
      ),
      this.alerts(signal),
    ]);
    return [status, ...rest];
  }

  /** What approval_queue tells everybody. */
  queueCounts(signal: AbortSignal): Promise<Change> {
    return this.table('approval_queue', signal, QUEUE_AGGREGATES);
  }

  private async unlessWithheld<R>(table: ResultTable, read: () => Promise<R>, otherwise: () => R | Promise<R>): Promise<R> {
    try {
      const found = await read();
      this.withheld.delete(table);
      return found;
    } catch (error) {
      if (error instanceof ReadError && error.outage === 'denied') {
        this.withheld.add(table);
        return otherwise();
      }
      throw error;
    }
  }

  private async table(table: keyof typeof ORDER, signal: AbortSignal, columns = '*'): Promise<Change> {
    const rows: object[] = [];
    for (let page = 0; page < MOST_PAGES; page += 1) {
      let query = this.from(table).select(columns).order(ORDER[table]);
      if (table === 'agent_performance' || table === 'annotator_activity') {
        query = query.order('window_name');
      }
      const read = await this.run<object>(query.range(page * PAGE, (page + 1) * PAGE - 1).abortSignal(signal));
      rows.push(...read);
      if (read.length < PAGE) {
        break;
      }
    }
    return { table, type: 'replace', rows } as Change;
  }

  /** Everything unresolved and the newest that are resolved. */
  alerts(signal: AbortSignal): Promise<Change> {
    return this.unlessWithheld(
      'alert',
      () => this.readAlerts(signal),
      () => ({ table: 'alert', type: 'replace', rows: [] }),
    );
  }

  private async readAlerts(signal: AbortSignal): Promise<Change> {
    const [unresolved, resolved] = await Promise.all([
      this.run<object>(
        this.from('alert')
          .select('*')
          .neq('status', 'resolved')
          .order('opened_at', { ascending: false })
          .limit(PAGE)
          .abortSignal(signal),
      ),
      this.run<object>(
        this.from('alert')
          .select('*')
          .eq('status', 'resolved')
          .order('opened_at', { ascending: false })
          .limit(RESOLVED_ALERTS)
          .abortSignal(signal),
      ),
    ]);
    return { table: 'alert', type: 'replace', rows: [...unresolved, ...resolved] } as Change;
  }

  /** The newest messages, for a page that opens; in the order of seq. */
  newestEvents(signal: AbortSignal, channel?: string): Promise<ChannelEvent[]> {
    return this.unlessWithheld('channel_event', () => this.readNewestEvents(signal, channel), () => []);
  }

  private async readNewestEvents(signal: AbortSignal, channel?: string): Promise<ChannelEvent[]> {
    let query = this.from('channel_event').select('seq,channel,payload,event_time,written_at');
    if (channel) {
      query = query.eq('channel', channel);
    }
    const rows = await this.run<ChannelEvent>(
      query.order('seq', { ascending: false }).limit(FIRST_EVENTS).abortSignal(signal),
    );
    return rows.reverse();
  }

  /** Everything after a seq: what a channel that was away missed, or the first pages of it. */
  eventsAfter(seq: number, signal: AbortSignal): Promise<EventsRead> {
    return this.unlessWithheld('channel_event', () => this.readEventsAfter(seq, signal), () => ({ events: [], toTheEnd: true }));
  }

  private async readEventsAfter(seq: number, signal: AbortSignal): Promise<EventsRead> {
    const rows: ChannelEvent[] = [];
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const after = rows.at(-1)?.seq ?? seq;
      const read = await this.run<ChannelEvent>(
        this.from('channel_event')
          .select('seq,channel,payload,event_time,written_at')
          .gt('seq', after)
          .order('seq')
          .limit(PAGE)
          .abortSignal(signal),
      );
      rows.push(...read);
      if (read.length < PAGE) {
        return { events: rows, toTheEnd: true };
      }
    }
    return { events: rows, toTheEnd: false };
  }

  private from(table: string) {
    return this.client.schema(this.schema).from(table);
  }

  private async run<R>(query: PromiseLike<{ data: unknown; error: unknown; status: number }>): Promise<R[]> {
    // The client would try again for seconds: here a failure is news, and the next read is never far.
    const once = query as typeof query & { retry?: (enabled: boolean) => typeof query };
    const { data, error, status } = await (once.retry ? once.retry(false) : query);
    if (error) {
      throw readError(error as { code?: string; message?: string }, status);
    }
    return data as R[];
  }
}

/** Sorts an answer's error by who can mend it. */
export function readError(error: { code?: string; message?: string }, status: number): ReadError {
  const code = error.code ?? '';
  const message = error.message ?? String(status);
  if (status === 401 || status === 403 || code === '42501' || code.startsWith('PGRST3')) {
    return new ReadError('denied', message);
  }
  // PGRST000 to 003: no connection to the database; 57P0x, 08xxx, 53xxx: it shuts down, starts, or takes no more.
  if (/^(PGRST00[0-3]|57P0|08|53)/.test(code) || status === 503 || status === 504) {
    return new ReadError('database', message);
  }
  if (/^(PGRST106|PGRST205|42P01|3F000)/.test(code)) {
    return new ReadError('missing', message);
  }
  return new ReadError('gateway', message);
}
