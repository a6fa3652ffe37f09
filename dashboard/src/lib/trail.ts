import type { AgentHealth, AgentPerformance, LiveSource, Store } from '@agentpulse/react';

/** A point every five seconds, for an hour: the part of the past that this page has seen itself. */
export const STEP_MS = 5_000;
const POINTS = 720;

export const TRAIL_FIGURES = ['count', 'avg', 'p50', 'p95', 'p99'] as const;
export type TrailFigure = (typeof TRAIL_FIGURES)[number];

/**
 * How each agent's last minute went while the page was open. Times are the database's, so a stop of the pipeline leaves
 * a gap as long as it was. Longer ranges come from stored history, not from here.
 *
 * An agent takes its whole hour with its first query: a page that is open all day is no larger than one that was opened a
 * minute ago.
 */
export class Trail {
  /** Ends of the steps, in milliseconds since 1970. */
  times: number[] = [];
  /** Of each agent the figures one behind the other, an hour each; NaN where there was none. */
  private readonly hours = new Map<string, Float64Array>();
  private readonly listeners = new Set<() => void>();
  version = 0;

  constructor(private readonly store: Store) {}

  /** Called now and then; adds a point when a step has passed. */
  sample(asOf: number | null): void {
    if (asOf === null) {
      return;
    }
    const time = Math.floor(asOf / STEP_MS) * STEP_MS;
    const last = this.times.at(-1);
    if (last !== undefined && time <= last) {
      return;
    }
    if (last !== undefined && time - last > 2 * STEP_MS) {
      this.add(last + STEP_MS, () => undefined);
    }
    this.add(time, (agent) => this.store.row('agent_performance', `1m ${agent}`));
    this.version += 1;
    this.listeners.forEach((listener) => listener());
  }

  private add(time: number, rowOf: (agent: string) => AgentPerformance | undefined): void {
    const full = this.times.length === POINTS;
    if (full) {
      this.times.shift();
    }
    const step = this.times.push(time) - 1;
    for (const { agent } of this.store.list('agent_health') as readonly AgentHealth[]) {
      if (!this.hours.has(agent) && (rowOf(agent)?.query_count ?? 0) > 0) {
        this.hours.set(agent, new Float64Array(TRAIL_FIGURES.length * POINTS).fill(NaN));
      }
    }
    for (const [agent, hour] of this.hours) {
      const row = rowOf(agent);
      const now = row ? [row.query_count, row.avg_latency_ms, row.p50_latency_ms, row.p95_latency_ms, row.p99_latency_ms] : [];
      TRAIL_FIGURES.forEach((_, index) => {
        const figure = hour.subarray(index * POINTS, (index + 1) * POINTS);
        if (full) {
          figure.copyWithin(0, 1);
        }
        figure[step] = now[index] ?? NaN;
      });
      if (!hour.subarray(0, POINTS).some((count) => count > 0)) {
        this.hours.delete(agent);
      }
    }
  }

  /** A figure of an agent at each of the times; null where there was none. */
  series(agent: string, figure: TrailFigure): (number | null)[] {
    const hour = this.hours.get(agent);
    const from = TRAIL_FIGURES.indexOf(figure) * POINTS;
    return this.times.map((_, step) => {
      const value = hour?.[from + step] ?? NaN;
      return Number.isNaN(value) ? null : value;
    });
  }

  agents(): string[] {
    return [...this.hours.keys()].sort();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getVersion = (): number => this.version;
}

/** Samples for as long as it is not stopped. */
export function followTrail(live: LiveSource, trail: Trail): () => void {
  const timer = setInterval(() => trail.sample(live.freshness().asOf), 1_000);
  return () => clearInterval(timer);
}
