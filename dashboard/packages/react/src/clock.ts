/** Where a time came from: the database itself, or the Date header of a web server. */
export type ClockClue = 'database' | 'http';

const BUCKET_MS = 60_000;
const BUCKETS = 10;

/**
 * The database's time, from what the server sends. The browser's wall clock is never asked: a message that carries the
 * server's time T and arrives at the monotonic moment m says that the server's clock is at least T - m ahead of it, and
 * the message that travelled fastest says it best. The last ten minutes count, so that two clocks that drift apart
 * through a day stay together.
 */
export class ServerClock {
  private readonly offsets: Record<ClockClue, Map<number, number>> = { database: new Map(), http: new Map() };

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  observe(serverMillis: number, clue: ClockClue): void {
    if (!Number.isFinite(serverMillis)) {
      return;
    }
    const moment = this.monotonic();
    const bucket = Math.floor(moment / BUCKET_MS);
    const offsets = this.offsets[clue];
    offsets.set(bucket, Math.max(offsets.get(bucket) ?? -Infinity, serverMillis - moment));
    for (const old of offsets.keys()) {
      if (old <= bucket - BUCKETS) {
        offsets.delete(old);
      }
    }
  }

  /** Milliseconds since 1970 by the server's clock; null before anything was heard of it. */
  now(): number | null {
    const offsets = this.offsets.database.size > 0 ? this.offsets.database : this.offsets.http;
    return offsets.size === 0 ? null : this.monotonic() + Math.max(...offsets.values());
  }

  /** By how much this computer's clock is ahead of the server's, in milliseconds; null while unknown. */
  browserAheadMillis(wallMillis: number = Date.now()): number | null {
    const now = this.now();
    return now === null ? null : wallMillis - now;
  }
}
