/** Older than this is amber, and red: the thresholds of the pipeline's own alert. */
export const AMBER_MS = 2_000;
export const RED_MS = 10_000;
/** Without a tick for so long, figures are old: they are dimmed, dated and kept. */
export const STALE_MS = 3_000;
/** So soon where a read has failed too: then the silence has a reason. */
export const FAILED_MS = 1_200;

export type FreshnessLevel = 'fresh' | 'amber' | 'red' | 'unknown';

/** What stands between the page and fresh figures; null when nothing does. */
export type OutageCause =
  | 'offline'
  | 'gateway'
  | 'database'
  | 'job'
  | 'denied'
  | 'missing'
  | 'empty'
  /** Not answered yet: the first second of a visit. */
  | 'starting';

export interface Freshness {
  /** Up to when the figures are complete, in milliseconds since 1970 by the database's clock; null before the first. */
  asOf: number | null;
  /** How old that is; null while the server's time is unknown. */
  ageMs: number | null;
  level: FreshnessLevel;
  stale: boolean;
  cause: OutageCause | null;
}

export interface FreshnessInput {
  asOf: number | null;
  serverNow: number | null;
  /** Milliseconds since as_of last moved on, by the monotonic clock. */
  sinceTickMs: number;
  cause: OutageCause | null;
}

export function freshness({ asOf, serverNow, sinceTickMs, cause }: FreshnessInput): Freshness {
  if (asOf === null) {
    return { asOf, ageMs: null, level: 'unknown', stale: true, cause: cause ?? 'starting' };
  }
  const ageMs = serverNow === null ? null : Math.max(0, serverNow - asOf);
  // A job that writes no ticks is known by the silence alone; anything else by a read that failed.
  const stale = sinceTickMs >= (cause === null ? STALE_MS : cause === 'job' ? AMBER_MS : FAILED_MS);
  return { asOf, ageMs, level: level(ageMs), stale, cause: stale ? (cause ?? 'job') : null };
}

export function level(ageMs: number | null): FreshnessLevel {
  if (ageMs === null) {
    return 'unknown';
  }
  return ageMs > RED_MS ? 'red' : ageMs > AMBER_MS ? 'amber' : 'fresh';
}
