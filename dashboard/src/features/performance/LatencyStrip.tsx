import { formatMillis } from '../../lib/format';

const LOW = 20;
const HIGH = 2_000;

/** Latencies differ by factors, so the scale is logarithmic: 20 ms to 2 s, in percent of the width. */
export function place(millis: number): number {
  const clamped = Math.min(HIGH, Math.max(LOW, millis));
  return (100 * Math.log(clamped / LOW)) / Math.log(HIGH / LOW);
}

interface LatencyStripProps {
  p50: number | null;
  p95: number | null;
  p99: number | null;
  limit: number;
}

/** Where half, 95 and 99 of a hundred queries lie, against the limit. */
export function LatencyStrip({ p50, p95, p99, limit }: LatencyStripProps) {
  if (p50 === null || p95 === null || p99 === null) {
    return <span className="strip" aria-hidden="true" />;
  }
  const from = place(p50);
  return (
    <span
      className="strip"
      title={`p50 ${formatMillis(p50)}, p95 ${formatMillis(p95)}, p99 ${formatMillis(p99)}; limit ${formatMillis(limit)}`}
      aria-hidden="true"
    >
      <i className="strip-limit" style={{ left: `${place(limit)}%` }} />
      <i className="strip-tail" style={{ left: `${from}%`, width: `${place(p99) - from}%` }} />
      <i className={`strip-body ${p95 > limit ? 'is-over' : ''}`} style={{ left: `${from}%`, width: `${Math.max(1, place(p95) - from)}%` }} />
      <i className="strip-middle" style={{ left: `${from}%` }} />
    </span>
  );
}
