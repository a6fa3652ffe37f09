import { useMemo, useRef } from 'react';
import type uPlot from 'uplot';
import type { AgentTrend } from '@agentpulse/react';
import { ChartHead, ChartLegend, LegendMark } from '../../components/ChartParts';
import { isKnown, TimeChart, type Mark, type Series } from '../../components/TimeChart';
import { fileName, downloadCsv } from '../../lib/csv';
import { formatMillis, formatRate } from '../../lib/format';
import { LATENCY_RULES, useSpansOf, VOLUME_RULES } from '../../lib/incidentSpans';
import { downloadPng } from '../../lib/png';
import type { Trail } from '../../lib/trail';
import { useTrail } from '../../lib/trailContext';
import { clockTime, isoWithOffset, useZone } from '../../lib/zone';
import { LIMIT_MS } from './limit';
import { usualBand } from './usual';

export const MOST_LINES = 12;
const NO_MARKS: readonly Mark[] = [];
const MINUTE_MS = 60_000;
const COLORS = ['--c1', '--c2', '--c3', '--c4', '--c5', '--c6'];

/** So many are told apart without effort; more get a line only where they passed the limit. */
const EASY_LINES = 5;

/**
 * The slowest get a line each: five, or all that passed the limit, at most twelve. The rest is one band from the least to
 * the most. Who was slowest at any time of the range counts, so that lines do not come and go with each step.
 */
export function linesAndBand(trail: Pick<Trail, 'series'>, agents: readonly string[]) {
  const all = new Map(agents.map((agent) => [agent, trail.series(agent, 'avg')]));
  const peaks = new Map([...all].map(([agent, values]) => [agent, Math.max(-1, ...values.map((value) => value ?? -1))]));
  const peak = (agent: string) => peaks.get(agent) ?? -1;
  const slow = agents.filter((agent) => peak(agent) > LIMIT_MS).length;
  const most = Math.min(MOST_LINES, Math.max(EASY_LINES, slow));
  const lined = [...agents].sort((a, b) => peak(b) - peak(a) || (a < b ? -1 : 1)).slice(0, most);
  lined.sort();
  const lines = lined.map((agent) => ({ agent, values: all.get(agent) ?? [] }));
  lined.forEach((agent) => all.delete(agent));
  return { lines, band: all.size === 0 ? undefined : bandOf([...all.values()]) };
}

/** In one pass and without a list a step: after an hour these are a hundred agents times seven hundred steps. */
function bandOf(all: readonly (readonly (number | null)[])[]) {
  const low: (number | null)[] = (all[0] ?? []).map(() => null);
  const high = [...low];
  for (const values of all) {
    values.forEach((value, step) => {
      if (value !== null) {
        low[step] = Math.min(low[step] ?? value, value);
        high[step] = Math.max(high[step] ?? value, value);
      }
    });
  }
  return { label: `${all.length} others`, low, high };
}

interface LatencyChartsProps {
  /** One agent with its percentiles, or null for all. */
  agent: string | null;
  heights: [number, number];
  marks?: readonly Mark[];
  /** What the agent should be asked; null while that is not known, and of all agents, whose bands do not add up. */
  trend?: AgentTrend | null;
}

export default function LatencyCharts({ agent, heights, marks = NO_MARKS, trend = null }: LatencyChartsProps) {
  const trail = useTrail();
  const zone = useZone();
  const chart = useRef<uPlot | null>(null);
  const volumeChart = useRef<uPlot | null>(null);
  const spans = useSpansOf(LATENCY_RULES, agent);
  const unusual = useSpansOf(VOLUME_RULES, agent);
  const { version } = trail;
  const { latency, band, volume, times } = useMemo(() => {
    const times = [...trail.times];
    if (agent !== null) {
      const latency: Series[] = [
        { label: 'p99', color: '--c4', values: trail.series(agent, 'p99'), width: 1.25 },
        { label: 'p95', color: '--c2', values: trail.series(agent, 'p95'), width: 1.5 },
        { label: 'p50', color: '--c1', values: trail.series(agent, 'p50'), width: 2 },
      ];
      return { times, latency, band: undefined, volume: trail.series(agent, 'count') };
    }
    const agents = trail.agents();
    const { lines, band } = linesAndBand(trail, agents);
    const latency = lines.map((line, index): Series => ({
      label: line.agent,
      color: COLORS[index % COLORS.length] as string,
      values: line.values,
      ...(index >= COLORS.length ? { dash: [6, 3] } : {}),
    }));
    const volume = times.map((): number | null => null);
    for (const each of agents) {
      trail.series(each, 'count').forEach((count, step) => {
        volume[step] = count === null ? (volume[step] ?? null) : (volume[step] ?? 0) + count;
      });
    }
    return { times, latency, band, volume };
    // The trail is one object that grows: its version says when.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [trail, version, agent]);
  const usual = useMemo(() => (agent === null ? undefined : usualBand(trend, times, MINUTE_MS, false)), [agent, trend, times]);
  const name = agent ?? 'all agents';
  const first = times[0];

  if (times.length < 2 || first === undefined) {
    return <p className="chart-wait">The lines begin when the page is opened. The first two points take up to ten seconds.</p>;
  }
  const stamp = isoWithOffset(times.at(-1) as number, zone);
  const exportCsv = () =>
    downloadCsv(
      fileName(['latency', name, isoWithOffset(first, zone), stamp], 'csv'),
      ['time', ...latency.map((each) => `${each.label}_latency_ms`), 'queries_last_minute'],
      times.map((time, index) => [isoWithOffset(time, zone), ...latency.map((each) => each.values[index]), volume[index]]),
    );
  const exportVolumeCsv = () =>
    downloadCsv(
      fileName(['queries', name, isoWithOffset(first, zone), stamp], 'csv'),
      ['time', 'queries_last_minute', ...(usual ? ['usual_least', 'usual_most'] : [])],
      times.map((time, index) => [isoWithOffset(time, zone), volume[index], ...(usual ? [usual.low[index], usual.high[index]] : [])]),
    );
  const exportPng = (plot: uPlot | null, view: string, title: string) =>
    plot && downloadPng(plot.ctx.canvas, fileName([view, name, stamp], 'png'), title, `${zone} · as of ${stamp}`);
  const slowWord = agent === null ? 'an agent degraded or slow' : 'degraded or unusually slow';
  const unusualWord = agent === null ? 'an agent with unusually many or few' : 'unusually many or few';
  // Of all agents the lines have a place of a fixed height.
  const slow = spans.some(({ to }) => to === null || to > first);
  const noted = marks.some(({ time }) => time >= first);
  const legend = (
    <>
      {usual && (
        <LegendMark kind="band" shown={isKnown(usual)} title={usual.title}>
          usual
        </LegendMark>
      )}
      {unusual.some(({ to }) => to === null || to > first) && <LegendMark kind="span">{unusualWord}</LegendMark>}
    </>
  );

  return (
    <div className="charts">
      <ChartHead
        title={`Latency, ${agent === null ? '1-minute average' : 'last minute'}`}
        note={<span>since {clockTime(first, zone)}, when this page opened</span>}
        onCsv={exportCsv}
        onPng={() => exportPng(chart.current, 'latency', `Latency of ${name}, last minute at each point`)}
      />
      <TimeChart
        title={`Latency of ${name}`}
        times={times}
        series={latency}
        band={band}
        spans={spans}
        spanWord={slowWord}
        marks={marks}
        limit={LIMIT_MS}
        height={heights[0]}
        zone={zone}
        format={formatMillis}
        group="latency"
        onChart={(made) => {
          chart.current = made;
        }}
      />
      <ChartLegend series={latency}>
        {band && <LegendMark kind="band">{`${band.label}, least to most`}</LegendMark>}
        <LegendMark kind="limit">{`limit ${formatMillis(LIMIT_MS)}`}</LegendMark>
        {(slow || agent !== null) && (
          <LegendMark kind="span" shown={slow}>
            {slowWord}
          </LegendMark>
        )}
        {(noted || agent !== null) && (
          <LegendMark kind="mark" shown={noted}>
            note
          </LegendMark>
        )}
      </ChartLegend>
      {heights[1] > 0 && (
        <>
          <ChartHead
            title="Queries a minute"
            // In the line of the title: below the chart the first screen has no room for it.
            note={<ChartLegend series={[]}>{legend}</ChartLegend>}
            onCsv={exportVolumeCsv}
            onPng={() => exportPng(volumeChart.current, 'queries', `Queries of ${name}, last minute at each point`)}
          />
          <TimeChart
            title={`Queries a minute, ${name}`}
            times={times}
            series={[{ label: 'queries', color: '--c5', values: volume }]}
            band={usual}
            spans={unusual}
            spanWord={unusualWord}
            marks={marks}
            height={heights[1]}
            zone={zone}
            format={formatRate}
            group="latency"
            onChart={(made) => {
              volumeChart.current = made;
            }}
          />
        </>
      )}
    </div>
  );
}
