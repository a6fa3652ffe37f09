import type { AgentHealth, AgentPerformance, LiveSource, Store } from '@agentpulse/react';

/** A point every five seconds, for an hour: the part of the past that this page has seen itself. */
export const STEP_MS = 5_000;
const POINTS = 720;

export interface TrailPoint {
  avg: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  count: number | null;
}

const NOTHING: TrailPoint = { avg: null, p50: null, p95: null, p99: null, count: null };

/**
 * How each agent's last minute went while the page was open. Times are the database's, so a stop of the pipeline leaves
 * a gap as long as it was. Longer ranges come from stored history, not from here.
 */
export class Trail {
  /** Ends of the steps, in milliseconds since 1970. */
  times: number[] = [];
  private points = new Map<string, TrailPoint[]>();
  private listeners = new Set<() => void>();
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
      this.add(last + STEP_MS, () => NOTHING);
    }
    const store = this.store;
    this.add(time, (agent) => point(store.row('agent_performance', `1m ${agent}`)));
    this.version += 1;
    this.listeners.forEach((listener) => listener());
  }

  private add(time: number, pointOf: (agent: string) => TrailPoint): void {
    const before = this.times.length;
    this.times.push(time);
    for (const { agent } of this.store.list('agent_health') as readonly AgentHealth[]) {
      const points = this.points.get(agent) ?? Array.from({ length: before }, () => NOTHING);
      points.push(pointOf(agent));
      this.points.set(agent, points);
    }
    for (const [agent, points] of this.points) {
      if (points.length < this.times.length) {
        points.push(NOTHING);
      }
      if (points.length > POINTS) {
        points.splice(0, points.length - POINTS);
      }
      if (points.every((each) => each === NOTHING)) {
        this.points.delete(agent);
      }
    }
    this.times.splice(0, Math.max(0, this.times.length - POINTS));
  }

  of(agent: string): readonly TrailPoint[] {
    return this.points.get(agent) ?? [];
  }

  agents(): string[] {
    return [...this.points.keys()].sort();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getVersion = (): number => this.version;
}

function point(row: AgentPerformance | undefined): TrailPoint {
  return row
    ? {
        avg: row.avg_latency_ms,
        p50: row.p50_latency_ms,
        p95: row.p95_latency_ms,
        p99: row.p99_latency_ms,
        count: row.query_count,
      }
    : NOTHING;
}

/** Samples for as long as it is not stopped. */
export function followTrail(live: LiveSource, trail: Trail): () => void {
  const timer = setInterval(() => trail.sample(live.freshness().asOf), 1_000);
  return () => clearInterval(timer);
}
