import { useRef } from 'react';
import type uPlot from 'uplot';
import { HISTORY_RANGES, rangeOfSpan, type Answer, type FixedRange, type HistoryPoints, type HistoryRow, type HistorySpan } from '@agentpulse/react';
import { fileName, downloadCsv } from '../lib/csv';
import { plural } from '../lib/format';
import { downloadPng } from '../lib/png';
import { RANGE_WORDS, useComparison } from '../lib/ranges';
import { writeUrl } from '../lib/url';
import { dayAndMinute, dayOf, isoWithOffset, useZone } from '../lib/zone';
import { ChartHead, ChartLegend, CompareSwitch, LegendMark } from './ChartParts';
import { Icon } from './Icon';
import { isKnown, TimeChart, type Band, type Mark, type Series, type Span } from './TimeChart';

export interface HistoryChart {
  title: string;
  /** All that is known of each line; a line with no value at all is left out. */
  series: readonly Series[];
  /** From the least to the most of something, behind the lines. */
  band?: Band;
  format: (value: number | null) => string;
  limit?: number;
  steps?: readonly number[];
  spans?: readonly Span[];
  /** What a shaded span is; where there is none, there are no marks either. */
  spanWord?: string;
  marks?: readonly Mark[];
}

interface HistoryChartsProps {
  /** Whose history: part of titles and file names. */
  name: string;
  span: HistorySpan;
  points: HistoryPoints<HistoryRow>;
  charts: readonly HistoryChart[];
  /** Of each chart; one of 0 is left out. */
  heights: readonly number[];
}

/** Words instead of charts, until history is there. */
export function HistoryWait({ answer }: { answer: Answer<unknown> }) {
  switch (answer.state) {
    case 'missing':
      return <p className="chart-wait">No history is kept here that you may read. The live figures are complete.</p>;
    case 'failed':
      return <p className="chart-wait">History cannot be read now: {answer.message}. It is tried again every half a minute.</p>;
    default:
      return <p className="chart-wait">Reading history.</p>;
  }
}

/** From when on history is complete, where the range begins before that, and how far its reading is. */
function Reach({ points, days, zone }: { points: HistoryPoints<HistoryRow>; days: boolean; zone: string }) {
  const { times, completeFrom, filling } = points;
  const late = completeFrom !== null && completeFrom > (times[0] as number);
  if (!late && !filling) {
    return null;
  }
  return (
    <span className="chart-reach">
      {late && <span>complete from {days ? dayOf(completeFrom, zone) : dayAndMinute(completeFrom, zone)}</span>}
      {filling && (
        <span className="chart-filling" title="What lies before the first start is read from the source table, the newest day first">
          reading {dayOf(filling.day, 'UTC')}, {plural(filling.days, 'day')} to go
        </span>
      )}
    </span>
  );
}

/** That a link has fixed the charts, while all else is live. */
function FixedNotice({ range: { from, to }, zone }: { range: FixedRange; zone: string }) {
  return (
    <p className="chart-fixed num">
      <Icon name="clock" />
      <span>
        <b>Fixed range:</b> {dayAndMinute(from, zone)} to {dayAndMinute(to, zone)}
      </span>
      <button type="button" className="button quiet" title="The figures beside these charts are live all the time" onClick={() => writeUrl({ from: null, to: null })}>
        Back to live
      </button>
    </p>
  );
}

/** Charts over hours or days, from stored history, with one crosshair and the same ways to take them along. */
export function HistoryCharts({ name, span, points, charts, heights }: HistoryChartsProps) {
  const local = useZone();
  const plots = useRef<(uPlot | null)[]>([]);
  const range = rangeOfSpan(span);
  const { stepMs } = HISTORY_RANGES[range];
  const days = HISTORY_RANGES[range].bucket === '1d';
  // Days are kept as days of UTC, whatever zone one looks from.
  const zone = days ? 'UTC' : local;
  const { bucket } = RANGE_WORDS[range];
  const { times } = points;
  const first = times[0] as number;
  const end = (times.at(-1) as number) + stepMs;
  const stamp = isoWithOffset(times.at(-1) as number, zone);
  const length = typeof span === 'string' ? range : 'fixed';
  const comparison = useComparison();
  const isShown = ({ values, compared = false }: Series, index: number) => index === 0 || ((comparison || !compared) && values.some((value) => value !== null));
  const shown = charts.filter((_, index) => heights[index] !== 0).map((chart) => ({ ...chart, series: chart.series.filter(isShown) }));
  const all = shown.flatMap(({ series, band }) => [
    ...series,
    ...(band && isKnown(band) ? [{ label: `${band.label}, least`, values: band.low }, { label: `${band.label}, most`, values: band.high }] : []),
  ]);
  const exportCsv = () =>
    downloadCsv(
      fileName(['history', name, length, isoWithOffset(first, zone), stamp], 'csv'),
      ['bucket_start', ...all.map(({ label }) => label)],
      times.map((time, index) => [isoWithOffset(time, zone), ...all.map(({ values }) => values[index])]),
    );
  const exportPng = (index: number) => {
    const plot = plots.current[index];
    if (plot) {
      const title = (charts[index] as HistoryChart).title;
      downloadPng(plot.ctx.canvas, fileName(['history', name, ...(index > 0 ? [title] : []), length, stamp], 'png'), `${title} of ${name}, ${bucket}`, `${zone} · as of ${stamp}`);
    }
  };
  return (
    <div className="charts">
      {typeof span !== 'string' && <FixedNotice range={span} zone={local} />}
      {shown.map(({ title, series, band, format, limit, steps, spans = [], spanWord, marks = [] }, index) => (
        <div key={title} className="chart-block">
          <ChartHead
            title={index === 0 ? `${title}, ${bucket}${days ? ' of UTC' : ''}` : title}
            note={index === 0 && <Reach points={points} days={days} zone={zone} />}
            {...(index === 0 ? { actions: <CompareSwitch on={comparison} />, onCsv: exportCsv } : {})}
            onPng={() => exportPng(index)}
          />
          <TimeChart
            title={`${title}, ${name}`}
            times={times}
            series={series}
            band={band}
            spans={spans}
            spanWord={spanWord}
            marks={marks}
            {...(limit === undefined ? {} : { limit })}
            {...(steps === undefined ? {} : { steps })}
            height={heights[index] ?? (heights.at(-1) as number)}
            zone={zone}
            format={format}
            group={`history-${name}`}
            unit={days ? 'days' : 'minutes'}
            onChart={(made) => {
              plots.current[index] = made;
            }}
          />
          <ChartLegend series={series}>
            {band && (
              <LegendMark kind="band" shown={isKnown(band)} title={band.title}>
                {band.words ?? `${band.label}, least to most`}
              </LegendMark>
            )}
            {limit !== undefined && <LegendMark kind="limit">{`limit ${format(limit)}`}</LegendMark>}
            {spanWord !== undefined && (
              <LegendMark kind="span" shown={spans.some(({ from, to }) => from < end && (to === null || to > first))}>
                {spanWord}
              </LegendMark>
            )}
            {spanWord !== undefined && (
              <LegendMark kind="mark" shown={marks.some(({ time }) => time >= first && time < end)}>
                note
              </LegendMark>
            )}
          </ChartLegend>
        </div>
      ))}
    </div>
  );
}
