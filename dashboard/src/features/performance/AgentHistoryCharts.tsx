import { useMemo, useRef } from 'react';
import type uPlot from 'uplot';
import { HISTORY_RANGES, useAgentHistory, type AgentHistory, type HistoryPoints, type HistoryRange } from '@agentpulse/react';
import { ChartHead, ChartLegend } from '../../components/ChartParts';
import { TimeChart, type Series } from '../../components/TimeChart';
import { fileName, downloadCsv } from '../../lib/csv';
import { formatCount, formatMillis } from '../../lib/format';
import { downloadPng } from '../../lib/png';
import { dayAndMinute, isoWithOffset, useZone } from '../../lib/zone';
import { useDegradedSpans } from './degraded';
import { LIMIT_MS } from './limit';

const MINUTE_MS = 60_000;

const WORDS: Record<HistoryRange, { bucket: string; before: string }> = {
  '1h': { bucket: 'each minute', before: 'a day before' },
  '24h': { bucket: 'each quarter of an hour', before: 'a day before' },
  '7d': { bucket: 'each hour', before: 'a week before' },
};

interface AgentHistoryChartsProps {
  agent: string;
  range: HistoryRange;
  heights: [number, number];
}

/** One agent over hours or days, from stored history, with the same span a day or a week before. */
export default function AgentHistoryCharts({ agent, range, heights }: AgentHistoryChartsProps) {
  const answer = useAgentHistory(agent, range);
  const points = answer.state === 'ready' ? answer.points : null;
  if (answer.state === 'missing') {
    return <p className="chart-wait">No history is kept here that you may read. The figures above and the live lines are complete.</p>;
  }
  if (answer.state === 'failed') {
    return <p className="chart-wait">History cannot be read now: {answer.message}. It is tried again every half a minute.</p>;
  }
  return points === null ? <p className="chart-wait">Reading history.</p> : <Charts agent={agent} range={range} heights={heights} points={points} />;
}

/** Of each bucket a figure; null where there is none. */
export function figureOf(rows: readonly (AgentHistory | null)[], figure: 'p50_latency_ms' | 'p95_latency_ms' | 'p99_latency_ms'): (number | null)[] {
  return rows.map((row) => row?.[figure] ?? null);
}

/**
 * Queries a minute: none where history is complete and has no row, unknown where it does not reach, and unknown of a
 * bucket that has not ended.
 */
export function volumeOf({ times, completeFrom }: HistoryPoints, rows: readonly (AgentHistory | null)[], stepMs: number, shiftMs: number): (number | null)[] {
  return rows.map((row, index) => {
    if (row !== null) {
      return row.final ? (row.query_count * MINUTE_MS) / stepMs : null;
    }
    const known = completeFrom !== null && (times[index] as number) - shiftMs >= completeFrom;
    const open = shiftMs === 0 && index === times.length - 1;
    return known && !open ? 0 : null;
  });
}

function Charts({ agent, range, heights, points }: AgentHistoryChartsProps & { points: HistoryPoints }) {
  const zone = useZone();
  const chart = useRef<uPlot | null>(null);
  const spans = useDegradedSpans(agent);
  const { stepMs, beforeMs } = HISTORY_RANGES[range];
  const { bucket, before } = WORDS[range];
  const { latency, volume } = useMemo(() => {
    const latency: Series[] = [
      { label: 'p99', color: '--c4', values: figureOf(points.rows, 'p99_latency_ms'), width: 1.25 },
      { label: 'p95', color: '--c2', values: figureOf(points.rows, 'p95_latency_ms'), width: 1.5 },
      { label: 'p50', color: '--c1', values: figureOf(points.rows, 'p50_latency_ms'), width: 2 },
      { label: `p95 ${before}`, color: '--c2', values: figureOf(points.before, 'p95_latency_ms'), width: 1, dash: [5, 4] },
    ];
    const volume: Series[] = [
      { label: 'queries a minute', color: '--c5', values: volumeOf(points, points.rows, stepMs, 0) },
      { label: before, color: '--c5', values: volumeOf(points, points.before, stepMs, beforeMs), width: 1, dash: [5, 4] },
    ];
    return { latency, volume };
  }, [points, stepMs, beforeMs, before]);
  const { times, completeFrom } = points;
  const first = times[0] as number;
  const stamp = isoWithOffset(times.at(-1) as number, zone);
  const exportCsv = () =>
    downloadCsv(
      fileName(['history', agent, range, isoWithOffset(first, zone), stamp], 'csv'),
      ['bucket_start', ...[...latency, ...volume].map(({ label }) => label)],
      times.map((time, index) => [isoWithOffset(time, zone), ...[...latency, ...volume].map(({ values }) => values[index])]),
    );
  const exportPng = () =>
    chart.current && downloadPng(chart.current.ctx.canvas, fileName(['history', agent, range, stamp], 'png'), `Latency of ${agent}, ${bucket}`, `${zone} · as of ${stamp}`);

  return (
    <div className="charts">
      <ChartHead
        title={`Latency of ${bucket}`}
        note={completeFrom !== null && completeFrom > first && <span>history begins {dayAndMinute(completeFrom, zone)}</span>}
        onCsv={exportCsv}
        onPng={exportPng}
      />
      <TimeChart
        title={`Latency of ${agent}`}
        times={times}
        series={latency}
        spans={spans}
        limit={LIMIT_MS}
        height={heights[0]}
        zone={zone}
        format={formatMillis}
        group={`history-${range}`}
        long
        onChart={(made) => {
          chart.current = made;
        }}
      />
      <ChartLegend series={latency}>
        <li>
          <i className="is-limit" />
          limit {formatMillis(LIMIT_MS)}
        </li>
        {spans.some(({ to }) => to === null || to > first) && (
          <li>
            <i className="is-span" />
            degraded
          </li>
        )}
      </ChartLegend>
      <div className="chart-head">
        <h3>Queries a minute</h3>
      </div>
      <TimeChart title={`Queries a minute, ${agent}`} times={times} series={volume} height={heights[1]} zone={zone} format={formatCount} group={`history-${range}`} long />
    </div>
  );
}
