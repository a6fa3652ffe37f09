import type { SupabaseClient } from '@supabase/supabase-js';
import { beat } from './beat';
import { ChangesChannel, type ChangeMessage } from './channel';
import type { ServerClock } from './clock';
import { AMBER_MS, freshness, type Freshness } from './freshness';
import type { GatewayAddress, Link, LiveOptions } from './link';
import { afterPaint } from './paint';
import { isTick, progressText, ticksOnly } from './progress';
import { pendingFromAlert, pendingFromQueue, PendingFromEvents } from './pending';
import type { Alert, ApprovalQueue, ChannelEvent, PipelineStatus } from './rows';
import { Seen } from './seen';
import { ReadError, SnapshotReader } from './snapshot';
import { countRows, Store, type Change } from './store';
import { compareTimes, RESULT_TABLES, type ResultTable } from './tables';

/** Frames are so far apart, unless the browser paints before: a change is seen soon, and the page has time left for whoever uses it. */
const FRAME_MS = 20;
/** After one with many changes; twenty a second are more than an eye reads. */
const LARGE_FRAME_MS = 50;
/** What ages goes with a frame of figures, unless one went so shortly before. */
const LEAST_BEAT_MS = 200;
/** A tick whose pipeline_status never comes is shown after so long. */
const TICK_MS = 120;
const WATCH_MS = 250;
const PROBE_TIMEOUT_MS = 1_500;
/** While nothing answers, it is asked so often; each attempt costs one request. */
const RETRY_MS = 500;
const SNAPSHOT_TIMEOUT_MS = 10_000;
/** Without changes from the socket, the tables are read so often. */
const POLL_MS = 1_000;
/**
 * Most of a large tick is rows of agents and messages: from so many rows on each of the two has a frame of its own, and so has
 * what ages, so that none takes longer than it is shown. Ten changes of one row are painted once.
 */
const MANY = 60;
const isLarge = (changes: readonly Change[]) => changes.length >= MANY && countRows(changes) >= MANY;
const LATER_FRAMES: readonly (readonly Change['table'][])[] = [['agent_performance', 'agent_health'], ['channel_event']];
/** At Supabase, where a view sends no changes, alerts are read again so long after one of theirs. */
const ALERTS_MS = 100;
/** A page that opens waits so long for changes to flow, so that it reads once and not twice. */
const FIRST_READ_MS = 400;
const RESUBSCRIBE_MS = 1_000;

/**
 * Keeps the store equal to the result tables: reads them once, follows their changes, and reads again whenever changes
 * may have been missed. It reads after Realtime's "Subscribed to PostgreSQL" message, not on SUBSCRIBED, because
 * changes in between are never sent; and messages by seq, because nobody replays them.
 */
export class LiveSource {
  readonly store: Store;
  readonly clock: ServerClock;
  private readonly reader: SnapshotReader;
  private readonly channel: ChangesChannel;
  private readonly listeners = new Set<() => void>();
  private readonly buffer: Change[] = [];
  /** What a frame leaves to those behind it, in their order. */
  private later: Change[][] = [];
  private readonly seen = new Seen(5_000);
  private readonly pending = new PendingFromEvents();
  private link: Link = { mode: 'starting', cause: null, message: null, received: 0, withheld: [] };
  /** All messages up to this seq have come, by a read or by the socket: a read asks for those after it. */
  private throughSeq: number | null = null;
  /** A new one each time that changes begin to flow; null while they do not. */
  private flow: symbol | null = null;
  /** The flow that throughSeq follows: a read that began in it reached the newest message, so that none is missing between. */
  private gapless: symbol | null = null;
  private asOf: string | null = null;
  private tickAt = performance.now();
  private socketTickAt = -Infinity;
  private lastFrameAt = -Infinity;
  private nextFrameAt = -Infinity;
  private lastReadAt = -Infinity;
  private beatAt = -Infinity;
  /** When the last read began that succeeded. */
  private answeredAt = -Infinity;
  private frameTimer: ReturnType<typeof setTimeout> | undefined;
  private frameRequest: number | undefined;
  private watchTimer: ReturnType<typeof setInterval> | undefined;
  private resubscribeTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly partTimers = new Map<ResultTable, ReturnType<typeof setTimeout>>();
  /** Ends with the last read of a part that is on its way. */
  private parts: Promise<unknown> = Promise.resolve();
  private reading: Promise<void> | null = null;
  private readAgain = false;
  /** Every table was read once. Before, nothing is shown: a table half known looks like one where all is well. */
  private complete = false;
  /** What came by the socket since the read began that is on its way; a read says nothing about it. */
  private meanwhile: { table: ResultTable; message: ChangeMessage }[] = [];
  private stopped = true;
  private abort = new AbortController();

  constructor(private readonly options: LiveOptions) {
    this.store = options.store ?? new Store();
    this.clock = options.clock;
    this.reader = new SnapshotReader(options.client, this.schema);
    this.channel = new ChangesChannel(options.client, this.schema, options.gateway !== undefined, {
      change: (table, message) => this.receive(table, message),
      behindAlert: () => {
        this.link.received += 1;
        this.readPart('alert', ALERTS_MS);
      },
      flows: () => {
        this.flow = Symbol('flow');
        this.read();
      },
      lost: () => this.lost(),
    });
  }

  get schema(): string {
    return this.options.schema ?? 'agentpulse';
  }

  get client(): SupabaseClient {
    return this.options.client;
  }

  get gateway(): GatewayAddress | undefined {
    return this.options.gateway;
  }

  /** The signed-in user, as Supabase knows them; null for anon. */
  async userName(): Promise<string | null> {
    try {
      const { data } = await this.options.client.auth.getSession();
      return data.session?.user.email ?? null;
    } catch {
      return null;
    }
  }

  start(): void {
    if (!this.stopped) {
      return;
    }
    this.stopped = false;
    this.abort = new AbortController();
    this.tickAt = performance.now();
    // Once changes flow everything is read in any case. Where they do not flow at once, the watch reads before.
    this.lastReadAt = performance.now() + FIRST_READ_MS - POLL_MS;
    this.subscribe();
    this.watchTimer = setInterval(() => this.watch(), WATCH_MS);
    globalThis.document?.addEventListener('visibilitychange', this.onVisible);
    globalThis.addEventListener?.('online', this.onVisible);
  }

  stop(): void {
    this.stopped = true;
    this.abort.abort();
    clearInterval(this.watchTimer);
    this.cancelFrame();
    clearTimeout(this.resubscribeTimer);
    this.partTimers.forEach((timer) => clearTimeout(timer));
    this.partTimers.clear();
    globalThis.document?.removeEventListener('visibilitychange', this.onVisible);
    globalThis.removeEventListener?.('online', this.onVisible);
    this.channel.leave();
  }

  subscribeLink(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  getLink = (): Link => this.link;

  /** How old the figures are that came in last. */
  freshness(): Freshness {
    return freshness({
      asOf: this.asOf === null ? null : Date.parse(this.asOf),
      serverNow: this.clock.now(),
      sinceTickMs: performance.now() - this.tickAt,
      cause: this.link.cause,
    });
  }

  /** A read of everything, unless one is on its way; then one more follows it. */
  read(): void {
    if (this.reading) {
      this.readAgain = true;
      return;
    }
    this.lastReadAt = performance.now();
    this.reading = this.readOnce().finally(() => {
      this.reading = null;
      if (this.readAgain && !this.stopped) {
        this.readAgain = false;
        this.read();
      }
    });
  }

  private async readOnce(): Promise<void> {
    const began = performance.now();
    const flow = this.flow;
    this.meanwhile = [];
    const within = (millis: number) => AbortSignal.any([this.abort.signal, AbortSignal.timeout(millis)]);
    const signal = within(SNAPSHOT_TIMEOUT_MS);
    try {
      if (this.link.mode === 'down') {
        // An answer that hangs must not keep the next attempt back.
        await this.reader.probe(within(PROBE_TIMEOUT_MS));
      }
      const after = this.throughSeq;
      const [changes, { events, toTheEnd }, queueEvents] = await Promise.all([
        this.reader.readAll(signal),
        after === null ? this.reader.newestEvents(signal).then((events) => ({ events, toTheEnd: true })) : this.reader.eventsAfter(after, signal),
        after === null ? this.reader.newestEvents(signal, 'approval_queue_stream') : [],
      ]);
      if (this.stopped) {
        return;
      }
      this.answeredAt = began;
      const status = changes.find((change) => change.table === 'pipeline_status');
      const rows = status?.type === 'replace' ? (status.rows as PipelineStatus[]) : [];
      const empty = !rows.some(isTick);
      this.complete = true;
      this.take([...changes, ...this.pending.fromEvents(queueEvents), ...this.eventChanges(events)]);
      this.cameThrough(events);
      if (toTheEnd) {
        this.gapless = flow;
      } else {
        this.readAgain = true;
      }
      this.meanwhile.splice(0).forEach(({ table, message }) => this.takeMessage(table, message));
      this.flush();
      this.setWithheld();
      // Everything answers and yet no tick comes: the job does not write.
      const silent = performance.now() - this.tickAt > AMBER_MS;
      this.setLink({ mode: this.modeAfterRead(), cause: empty ? 'empty' : silent ? 'job' : null, message: empty ? progressText(rows) : null });
    } catch (error) {
      if (!this.stopped) {
        this.failed(error);
      }
    }
  }

  private modeAfterRead(): Link['mode'] {
    return performance.now() - this.socketTickAt < AMBER_MS ? 'live' : 'polling';
  }

  private failed(error: unknown): void {
    const outage = error instanceof ReadError ? error.outage : 'gateway';
    const cause = globalThis.navigator?.onLine === false ? 'offline' : outage;
    const said = error instanceof Error ? error.message : String(error);
    // "TypeError: Failed to fetch" is the browser's name for what the cause says in words.
    const message = /^\w+Error: /.test(said) ? null : said;
    // One failed read among changes that flow is no outage: the next tick takes it back before figures count as old.
    this.setLink({ mode: 'down', cause, message });
  }

  private subscribe(): void {
    clearTimeout(this.resubscribeTimer);
    this.flow = null;
    if (!this.stopped) {
      // One table that may not be followed would end the channel.
      this.channel.join(RESULT_TABLES.filter((each) => !this.link.withheld.includes(each)));
    }
  }

  /** Reads one table whose own changes are not sent here, so long after something that may have changed it. */
  private readPart(table: 'alert' | 'approval_queue', afterMillis: number): void {
    if (!this.complete || this.partTimers.has(table)) {
      return;
    }
    const read = async () => {
      await this.reading;
      this.partTimers.delete(table);
      const askedAt = performance.now();
      // One that hangs must not keep the others back.
      const signal = AbortSignal.any([this.abort.signal, AbortSignal.timeout(SNAPSHOT_TIMEOUT_MS)]);
      try {
        const change = await (table === 'alert' ? this.reader.alerts(signal) : this.reader.queueCounts(signal));
        // Unless a read of everything that began since was there before.
        if (this.answeredAt < askedAt) {
          this.take([change]);
          this.scheduleFrame(0);
        }
      } catch {
        // A read of everything has it.
        if (!this.stopped) {
          this.read();
        }
      }
    };
    const timer = setTimeout(() => {
      // One after another, and behind a read of everything: of two answers on their way, the older one may come last.
      this.parts = this.parts.then(read);
    }, afterMillis);
    this.partTimers.set(table, timer);
  }

  /** Joins again without what turned out to be withheld, or with what is so no more. */
  private setWithheld(): void {
    const withheld = RESULT_TABLES.filter((table) => this.reader.withheld.has(table));
    if (withheld.join() !== this.link.withheld.join()) {
      this.link = { ...this.link, withheld };
      this.notify();
      this.subscribe();
    }
  }

  private lost(): void {
    this.flow = null;
    if (this.link.mode === 'live') {
      // Whether only the socket is gone, or the server, one small question tells; what was missed is read on the return.
      const signal = AbortSignal.any([this.abort.signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]);
      this.reader.probe(signal).catch((error: unknown) => !this.stopped && this.failed(error));
    }
    // The client's own rejoin backs off to ten seconds; a fresh channel is there in one.
    clearTimeout(this.resubscribeTimer);
    this.resubscribeTimer = setTimeout(() => this.subscribe(), RESUBSCRIBE_MS);
  }

  private receive(table: ResultTable, message: ChangeMessage): void {
    this.clock.observe(Date.parse(message.commit_timestamp), 'database');
    this.link.received += 1;
    if (this.reading) {
      this.meanwhile.push({ table, message });
    }
    const tick = table === 'pipeline_status' && (message.eventType === 'DELETE' || isTick(message.new as unknown as PipelineStatus));
    if (tick) {
      this.socketTickAt = performance.now();
    }
    if (!this.complete) {
      return;
    }
    this.takeMessage(table, message);
    if (tick) {
      if (this.link.mode !== 'live' || this.link.cause !== null) {
        this.setLink({ mode: 'live', cause: null, message: null });
      }
      this.scheduleFrame(0);
      if (this.link.withheld.includes('approval_queue')) {
        // It is read in part and followed not at all.
        this.readPart('approval_queue', POLL_MS);
      }
    } else {
      this.scheduleFrame(TICK_MS);
    }
  }

  private takeMessage(table: ResultTable, message: ChangeMessage): void {
    const deleted = message.eventType === 'DELETE';
    if (table !== 'channel_event') {
      this.take([(deleted ? { table, type: 'delete', row: message.old } : { table, type: 'upsert', row: message.new }) as unknown as Change]);
    } else if (!deleted) {
      const events = [message.new as unknown as ChannelEvent];
      this.take(this.eventChanges(events));
      if (this.flow !== null && this.flow === this.gapless) {
        this.cameThrough(events);
      }
    }
  }

  private cameThrough(events: readonly ChannelEvent[]): void {
    for (const { seq } of events) {
      this.throughSeq = Math.max(this.throughSeq ?? 0, seq);
    }
  }

  /** Messages are taken once each, whichever way they came: most come by the socket and by the next read. */
  private eventChanges(events: readonly ChannelEvent[]): Change[] {
    const fresh = events.filter((event) => this.seen.add(event.seq));
    return [
      ...fresh.map((row): Change => ({ table: 'channel_event', type: 'upsert', row })),
      ...this.pending.fromEvents(fresh),
    ];
  }

  /** Adds changes to the next frame, with what follows from them. */
  private take(changes: readonly Change[]): void {
    for (const given of changes) {
      const change = ticksOnly(given);
      if (change === null) {
        continue;
      }
      this.buffer.push(change);
      const rows = change.type === 'replace' ? change.rows : change.type === 'upsert' ? [change.row] : [];
      if (change.table === 'alert') {
        this.buffer.push(...rows.flatMap((row) => pendingFromAlert(row as Alert)));
      } else if (change.table === 'approval_queue') {
        const held = this.store.list('pending_approval');
        this.buffer.push(...rows.flatMap((row) => pendingFromQueue(row as ApprovalQueue, held)));
      } else if (change.table === 'pipeline_status' && rows.length > 0) {
        this.tick(rows as PipelineStatus[]);
      }
    }
  }

  private tick(rows: readonly PipelineStatus[]): void {
    const others = rows.length > 1 ? [] : this.store.list('pipeline_status');
    const all = [...rows, ...others.filter((other) => rows.every((row) => row.component !== other.component))];
    const asOf = all.map((row) => row.as_of).reduce((least, each) => (compareTimes(each, least) < 0 ? each : least));
    if (this.asOf === null || compareTimes(asOf, this.asOf) > 0) {
      this.asOf = asOf;
      this.tickAt = performance.now();
    }
  }

  private scheduleFrame(delay: number): void {
    const wait = Math.max(delay, this.nextFrameAt - performance.now(), 0);
    if (delay === 0) {
      clearTimeout(this.frameTimer);
      this.frameTimer = undefined;
      if (wait > 0) {
        this.frameRequest ??= globalThis.requestAnimationFrame?.(() => this.beforePaint());
      }
    }
    this.frameTimer ??= setTimeout(() => this.flush(), wait);
  }

  private cancelFrame(): void {
    clearTimeout(this.frameTimer);
    this.frameTimer = undefined;
    if (this.frameRequest !== undefined) {
      cancelAnimationFrame(this.frameRequest);
      this.frameRequest = undefined;
    }
  }

  /** The browser paints before the time has come: little that waits is painted, too, and not with the paint behind. */
  private beforePaint(): void {
    this.frameRequest = undefined;
    if (this.later.length === 0 && !isLarge(this.buffer)) {
      this.flush();
    }
  }

  private flush(): void {
    this.cancelFrame();
    this.lastFrameAt = performance.now();
    this.store.apply(this.later.splice(0).flat());
    const changes = this.buffer.splice(0);
    const large = isLarge(changes);
    this.nextFrameAt = this.lastFrameAt + (large ? LARGE_FRAME_MS : FRAME_MS);
    if (!large || changes.some(({ type }) => type === 'replace')) {
      this.store.apply(changes);
      this.beat();
      return;
    }
    const later = LATER_FRAMES.map((tables) => changes.filter(({ table }) => tables.includes(table)));
    this.later = later.filter((part) => part.length > 0);
    this.store.apply(changes.filter(({ table }) => !LATER_FRAMES.flat().includes(table)));
    afterPaint(() => this.applyLater());
  }

  private applyLater(): void {
    const next = this.later.shift();
    if (next === undefined) {
      this.beat();
    } else {
      this.store.apply(next);
      afterPaint(() => this.applyLater());
    }
  }

  /** What ages changes in the same frame as figures, or behind those of a large tick. */
  private beat(): void {
    if (this.lastFrameAt - this.beatAt >= LEAST_BEAT_MS) {
      this.beatAt = this.lastFrameAt;
      beat();
    }
  }

  /** Looks several times a second whether ticks come, and reads where they do not. */
  private watch(): void {
    const now = performance.now();
    const wait = this.link.mode === 'down' ? RETRY_MS : POLL_MS;
    const fedAt = this.complete ? this.socketTickAt : -Infinity;
    if (now - Math.max(fedAt, this.lastReadAt) > wait && !this.reading) {
      this.read();
    }
    const silent = this.asOf !== null && now - this.tickAt > AMBER_MS;
    if (!silent) {
      return;
    }
    if (globalThis.navigator?.onLine === false) {
      this.setLink({ mode: 'down', cause: 'offline', message: null });
    } else if (this.link.cause === null) {
      if (this.reading && now - this.lastReadAt > PROBE_TIMEOUT_MS) {
        this.setLink({ mode: 'down', cause: 'gateway', message: null });
      } else if (!this.reading || this.answeredAt > this.tickAt) {
        this.setLink({ mode: this.link.mode, cause: 'job', message: null });
      }
    }
  }

  private readonly onVisible = () => {
    if (globalThis.document?.visibilityState !== 'hidden') {
      this.read();
      if (performance.now() - this.socketTickAt > AMBER_MS) {
        this.subscribe();
      }
    }
  };

  private setLink(next: Pick<Link, 'mode' | 'cause' | 'message'>): void {
    const { mode, cause, message } = this.link;
    if (mode === next.mode && cause === next.cause && message === next.message) {
      return;
    }
    this.link = { ...this.link, ...next };
    this.notify();
  }

  private notify(): void {
    for (const listener of this.listeners) {
      listener();
    }
  }
}
