import { useMemo, useRef } from 'react';
import type uPlot from 'uplot';
import type { ForecastSlots, HistoryRange } from '@agentpulse/react';
import { ChartHead, ChartLegend, LegendMark } from '../../components/ChartParts';
import { TimeChart, type Series } from '../../components/TimeChart';
import { downloadCsv, fileName } from '../../lib/csv';
import { downloadPng } from '../../lib/png';
import { useComparison } from '../../lib/ranges';
import { dayAndMinute, isoWithOffset, useZone } from '../../lib/zone';
import { BASIS_WORDS, forecastFor, forecastLine, isByDays } from './forecast';
import type { Past } from './past';

interface ForecastChartProps {
  title: string;
  name: string;
  range: HistoryRange;
  /** None where only what comes is known. */
  past?: Past;
  forecast: ForecastSlots;
  /** From what the forecast counts to what is shown. */
  scale?: number;
  limit?: number | undefined;
  format: (value: number | null) => string;
  height: number;
}

const NOTHING: Past = { times: [], values: [], before: [], read: true };

/** What was, beside the spans before, and what comes with the band in which it stays eight of ten times. */
export function ForecastChart({ title, name, range, past = NOTHING, forecast, scale = 1, limit, format, height }: ForecastChartProps) {
  const local = useZone();
  const plot = useRef<uPlot | null>(null);
  const comparison = useComparison();
  const ahead = useMemo(() => forecastFor(range, forecast), [range, forecast]);
  const line = useMemo(() => forecastLine(past.times, past.values, ahead, scale), [past, ahead, scale]);
  const series: Series[] = useMemo(() => {
    const known = line.known.some((value) => value !== null) || !past.read;
    const before = past.before.filter(({ values }) => comparison && (!past.read || values.some((value) => value !== null)));
    return [
      ...(known ? [{ label: 'so far', color: '--c1', values: line.known, width: 2, part: true }] : []),
      { label: 'expected', color: '--c1', values: line.expected, dash: [6, 4], width: 1.75, part: true },
      // They end with what is known: what is expected is made of them.
      ...before.map((each) => ({ ...each, values: line.known.map((value, index) => (value === null ? null : (each.values[index] ?? null))) })),
    ];
  }, [line, past, comparison]);
  const band = useMemo(() => line.band && { label: '8 of 10 times', ...line.band }, [line]);
  const days = isByDays(range) && past !== NOTHING;
  // Days are kept as days of UTC, whatever zone one looks from.
  const zone = days ? 'UTC' : local;
  const stamp = isoWithOffset(forecast.as_of, zone);
  const length = past === NOTHING ? [] : [range];
  return (
    <div className="chart-block">
      <ChartHead
        title={title}
        note={<span>{BASIS_WORDS[forecast.basis] ?? forecast.basis}</span>}
        onCsv={() =>
          downloadCsv(
            fileName(['forecast', name, title, ...length, stamp], 'csv'),
            ['time', ...series.map(({ label }) => label), 'low', 'high'],
            line.times.map((time, index) => [isoWithOffset(time, zone), ...series.map((each) => each.values[index]), line.band?.low[index], line.band?.high[index]]),
          )
        }
        onPng={() => plot.current && downloadPng(plot.current.ctx.canvas, fileName(['forecast', name, title, ...length, stamp], 'png'), `${title}, ${name}`, `${zone} · as of ${stamp}`)}
      />
      <TimeChart
        title={`${title}, ${name}, so far and expected`}
        times={line.times}
        series={series}
        band={band ?? undefined}
        now={Date.parse(forecast.as_of)}
        {...(limit === undefined ? {} : { limit })}
        height={height}
        zone={zone}
        format={format}
        group="forecast"
        unit={days ? 'days' : 'minutes'}
        onChart={(made) => {
          plot.current = made;
        }}
      />
      <ChartLegend series={series}>
        {band ? <LegendMark kind="band">8 of 10 times in here</LegendMark> : <li>{WITHOUT_BAND[days ? 'days' : forecast.basis === 'sum' ? 'sum' : 'young']}</li>}
        {limit !== undefined && <LegendMark kind="limit">{`capacity ${format(limit)}`}</LegendMark>}
        <li className="muted">as of {dayAndMinute(forecast.as_of, zone)}</li>
      </ChartLegend>
    </div>
  );
}

const WITHOUT_BAND = {
  days: 'the mean of the next day: how far its quarters of an hour miss together is not known',
  sum: 'no band: how far agents miss together is not known',
  young: 'how sure it is shows when more forecasts have been compared with what came',
} as const;
