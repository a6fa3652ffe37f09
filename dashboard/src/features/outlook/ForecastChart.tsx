import { useMemo, useRef } from 'react';
import type uPlot from 'uplot';
import type { ForecastSlots } from '@agentpulse/react';
import { ChartHead, ChartLegend } from '../../components/ChartParts';
import { TimeChart, type Series } from '../../components/TimeChart';
import { downloadCsv, fileName } from '../../lib/csv';
import { downloadPng } from '../../lib/png';
import { dayAndMinute, isoWithOffset, useZone } from '../../lib/zone';
import { BASIS_WORDS, forecastLine } from './forecast';

interface ForecastChartProps {
  title: string;
  name: string;
  /** The last day, by quarters of an hour; none where only what comes is known. */
  times: readonly number[];
  values: readonly (number | null)[];
  forecast: ForecastSlots;
  /** From what the forecast counts to what is shown. */
  scale?: number;
  limit?: number | undefined;
  format: (value: number | null) => string;
  height: number;
}

/** The last day, and the next one with the band in which it stays eight of ten times. */
export function ForecastChart({ title, name, times, values, forecast, scale = 1, limit, format, height }: ForecastChartProps) {
  const zone = useZone();
  const plot = useRef<uPlot | null>(null);
  const line = useMemo(() => forecastLine(times, values, forecast, scale), [times, values, forecast, scale]);
  const series: Series[] = useMemo(
    () => [
      ...(line.known.some((value) => value !== null) ? [{ label: 'so far', color: '--c1', values: line.known, width: 2 }] : []),
      { label: 'expected', color: '--c1', values: line.expected, dash: [6, 4], width: 1.75 },
    ],
    [line],
  );
  const band = useMemo(() => line.band && { label: '8 of 10 times', ...line.band }, [line]);
  const stamp = isoWithOffset(forecast.as_of, zone);
  return (
    <div className="chart-block">
      <ChartHead
        title={title}
        note={<span>{BASIS_WORDS[forecast.basis] ?? forecast.basis}</span>}
        onCsv={() =>
          downloadCsv(
            fileName(['forecast', name, title, stamp], 'csv'),
            ['time', ...series.map(({ label }) => label), 'low', 'high'],
            line.times.map((time, index) => [isoWithOffset(time, zone), ...series.map((each) => each.values[index]), line.band?.low[index], line.band?.high[index]]),
          )
        }
        onPng={() => plot.current && downloadPng(plot.current.ctx.canvas, fileName(['forecast', name, title, stamp], 'png'), `${title}, ${name}`, `${zone} · as of ${stamp}`)}
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
        unit="minutes"
        onChart={(made) => {
          plot.current = made;
        }}
      />
      <ChartLegend series={series}>
        <li>
          {band && <i className="is-band" />}
          {band ? '8 of 10 times in here' : forecast.basis === 'sum' ? 'no band: how far agents miss together is not known' : 'how sure it is shows when more forecasts have been compared with what came'}
        </li>
        {limit !== undefined && (
          <li>
            <i className="is-limit" />
            capacity {format(limit)}
          </li>
        )}
        <li className="muted">as of {dayAndMinute(forecast.as_of, zone)}</li>
      </ChartLegend>
    </div>
  );
}
