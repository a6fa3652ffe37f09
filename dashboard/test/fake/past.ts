/** Rows of history and of what looks ahead: days that come and go, and a slow spell now and then. No model of any figure. */

const STEP_MS: Record<string, number> = { '1m': 60_000, '15m': 900_000, '1h': 3_600_000, '1d': 86_400_000 };

export interface Base {
  /** Queries a second, and their latency. */
  rate: number;
  latency: number;
}

/** How much of the usual happens in a bucket: a day's ups and downs even out over one. */
function shareOf(start: number, stepMs: number): number {
  const hours = start / 3_600_000;
  const weekend = [0, 6].includes(new Date(start).getUTCDay()) ? 0.62 : 1;
  const wave = stepMs >= 86_400_000 ? 0 : 0.6 * Math.sin((hours / 24) * 2 * Math.PI);
  return weekend * (1 + wave + 0.08 * Math.sin(hours * 7.3));
}

function bucketsOf(query: URLSearchParams, now: number): { start: number; stepMs: number; final: boolean }[] {
  const stepMs = STEP_MS[query.get('bucket')?.slice(3) ?? ''] ?? 60_000;
  const listed = /^in\.\((.*)\)$/.exec(query.get('bucket_start') ?? '')?.[1];
  if (listed !== undefined) {
    return listed.split(',').map((text) => Date.parse(text.replaceAll('"', ''))).map((start) => ({ start, stepMs, final: start + stepMs <= now }));
  }
  const bound = (operator: string) => Date.parse(query.getAll('bucket_start').find((each) => each.startsWith(operator))?.slice(operator.length + 1) ?? '');
  const buckets = [];
  for (let start = bound('gte'); start < Math.min(bound('lt'), now); start += stepMs) {
    buckets.push({ start, stepMs, final: start + stepMs <= now });
  }
  return buckets;
}

export function agentHistory(query: URLSearchParams, now: number, { rate, latency: usual }: Base): object[] {
  return bucketsOf(query, now).flatMap(({ start, stepMs, final }) => {
    const hours = start / 3_600_000;
    const latency = usual * (1 + 0.1 * Math.sin(hours * 1.7) + (Math.sin(hours / 5.1) > 0.97 ? 1.2 : 0));
    const query_count = Math.round((rate * stepMs * shareOf(start, stepMs)) / 1_000);
    const row = {
      bucket_start: new Date(start).toISOString(), final, query_count, latency_sum_ms: Math.round(latency * query_count), avg_latency_ms: Math.round(latency),
      p50_latency_ms: Math.round(latency * 0.9), p95_latency_ms: Math.round(latency * 1.9), p99_latency_ms: Math.round(latency * 2.6),
    };
    return query_count > 0 ? [row] : [];
  });
}

/** The sums of the agents' rows. */
export function allAgentsHistory(query: URLSearchParams, now: number, bases: readonly Base[]): object[] {
  const all = bases.flatMap((base) => agentHistory(query, now, base)) as { bucket_start: string; final: boolean; query_count: number; latency_sum_ms: number; avg_latency_ms: number }[];
  const starts = [...new Set(all.map(({ bucket_start }) => bucket_start))].sort();
  return starts.map((bucket_start) => {
    const rows = all.filter((row) => row.bucket_start === bucket_start);
    const query_count = rows.reduce((sum, row) => sum + row.query_count, 0);
    const latency_sum_ms = rows.reduce((sum, row) => sum + row.latency_sum_ms, 0);
    const averages = rows.map((row) => row.avg_latency_ms);
    return {
      bucket_start, final: rows.every((row) => row.final), query_count, latency_count: query_count, latency_sum_ms, avg_latency_ms: latency_sum_ms / query_count,
      fastest_agent_ms: Math.min(...averages), slowest_agent_ms: Math.max(...averages),
    };
  });
}

export function approvalHistory(query: URLSearchParams, now: number): object[] {
  return bucketsOf(query, now).map(({ start, stepMs, final }) => {
    const hours = start / 3_600_000;
    const requested_count = Math.round((2.7 * stepMs * shareOf(start, stepMs)) / 60_000);
    const crowd = 1 + (Math.sin(hours / 9.3) > 0.94 ? 1.6 : 0) + 0.25 * Math.sin(hours * 1.3);
    return {
      bucket_start: new Date(start).toISOString(), final, requested_count, decided_count: Math.round(requested_count * (0.97 + 0.03 * Math.sin(hours * 3))),
      breached_count: Math.round(requested_count * 0.02 * crowd), p50_resolution_seconds: 55 * crowd, p95_resolution_seconds: 190 * crowd,
      sla_compliance_pct: Math.max(0, 100 - 2.4 * crowd ** 3),
    };
  });
}

export function trainingHistory(query: URLSearchParams, now: number): object[] {
  return bucketsOf(query, now).flatMap(({ start, stepMs, final }) => {
    const hours = start / 3_600_000;
    const feedback_count = Math.round((0.4 * stepMs * shareOf(start, stepMs)) / 60_000);
    const unsafe_count = Math.round(feedback_count * (0.05 + 0.04 * Math.sin(hours / 6)));
    const safe_count = Math.round(feedback_count * 0.8);
    const row = {
      bucket_start: new Date(start).toISOString(), final, feedback_count, safe_count, unsafe_count,
      unsafe_rate_pct: (100 * unsafe_count) / Math.max(1, unsafe_count + safe_count),
      avg_clarity: 4.1 + 0.2 * Math.sin(hours / 5), avg_accuracy: 3.8 + 0.3 * Math.sin(hours / 7 + 1), avg_tone: 4.4 + 0.1 * Math.sin(hours / 4),
    };
    return feedback_count > 0 ? [row] : [];
  });
}
