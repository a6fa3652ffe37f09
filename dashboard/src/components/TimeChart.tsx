import { memo, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { announcer } from '../lib/announce';
import { colorOf } from '../lib/color';
import { clockTime, dayAndMinute, dayOf, tickTime } from '../lib/zone';

export interface Series {
  label: string;
  /** A custom property that holds a colour. */
  color: string;
  values: readonly (number | null)[];
  dash?: number[];
  width?: number;
  /** Of an earlier span, beside the one that is shown. */
  compared?: boolean;
  /** It ends where another line goes on: where it has no value, nothing is missing. */
  part?: boolean;
}

export interface Band {
  label: string;
  /** What it is in the legend, where its label and "least to most" do not say it. */
  words?: string;
  /** The same, in a sentence. */
  title?: string;
  low: readonly (number | null)[];
  high: readonly (number | null)[];
}

/** What lasted from one moment to another; null while it lasts. In milliseconds since 1970. */
export interface Span {
  from: number;
  to: number | null;
}

/** What somebody wrote down about a moment, in milliseconds since 1970. */
export interface Mark {
  /** Of the note: a mark that comes from two sides is drawn once. */
  id: number;
  time: number;
  text: string;
}

/** How its times are written: with seconds, with day and minute, or as days. */
type Unit = 'seconds' | 'minutes' | 'days';

const WRITE_TIME: Record<Unit, (time: number, zone: string) => string> = { seconds: clockTime, minutes: dayAndMinute, days: dayOf };

interface TimeChartProps {
  title: string;
  /** In milliseconds since 1970. */
  times: readonly number[];
  series: readonly Series[];
  band?: Band | undefined;
  limit?: number;
  /** Shaded behind the lines. */
  spans?: readonly Span[];
  /** What a shaded span is. */
  spanWord?: string | undefined;
  marks?: readonly Mark[];
  /** Where what is known ends and what is expected begins. */
  now?: number;
  /** Its least height: where the layout has more room for it, it takes it. */
  height: number;
  zone: string;
  format: (value: number | null) => string;
  /** Charts of one group share their crosshair. */
  group: string;
  onChart?: (chart: uPlot | null) => void;
  unit?: Unit;
  /** Distances between marks of the scale, where tens are not what one counts in. */
  steps?: readonly number[];
}

/** So low that the scale needs its marks closer together. */
const LOW = 100;
/** Seconds between marks of time. */
const INCREMENTS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_419_200];
/** The edge of a span, in pixels of the style sheet. */
const EDGE = 2;

function sizeOf({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  // Something, where it is not displayed.
  return { width: Math.max(clientWidth, 200), height: Math.max(clientHeight, 60) };
}

function drawSpans(plot: uPlot, spans: readonly Span[]): void {
  const { ctx, bbox } = plot;
  const right = bbox.left + bbox.width;
  ctx.save();
  for (const { from, to } of spans) {
    const begin = Math.max(bbox.left, plot.valToPos(from / 1_000, 'x', true));
    const end = to === null ? right : Math.min(right, plot.valToPos(to / 1_000, 'x', true));
    if (end > begin) {
      ctx.fillStyle = colorOf('--span');
      ctx.fillRect(begin, bbox.top, end - begin, bbox.height);
      ctx.fillStyle = colorOf('--bad-fill');
      ctx.fillRect(begin, bbox.top, end - begin, EDGE * uPlot.pxRatio);
    }
  }
  ctx.restore();
}

/** A line with a flag for each note. */
function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot;
  const size = 7 * uPlot.pxRatio;
  ctx.save();
  ctx.fillStyle = colorOf('--text-soft');
  for (const { time } of marks) {
    const x = Math.round(plot.valToPos(time / 1_000, 'x', true));
    if (x >= bbox.left && x <= bbox.left + bbox.width) {
      ctx.fillRect(x, bbox.top, uPlot.pxRatio, bbox.height);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x + size, bbox.top + size / 2);
      ctx.lineTo(x, bbox.top + size);
      ctx.fill();
    }
  }
  ctx.restore();
}

function drawRule(plot: uPlot, from: [number, number], to: [number, number], color: string): void {
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = colorOf(color);
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
  ctx.restore();
}

/** A uPlot that is made once for its set of lines and is fed after that, never made again. */
export function TimeChart(props: TimeChartProps) {
  const { title, times, series, band, spans, height, zone, format, group, limit, onChart, unit = 'seconds' } = props;
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const seen = useRef(true);
  const caption = useRef<HTMLElement>(null);
  // Written past React, too: a move of the cursor renders nothing.
  const writeCaption = () => {
    const { times: known } = latest.current;
    const index = chart.current?.cursor.idx;
    const text = describe(latest.current, index) || describe(latest.current, lastKnown(latest.current));
    const shown = caption.current?.firstChild;
    if (shown) {
      // The same node: another one is laid out from scratch.
      shown.nodeValue = text;
    } else {
      caption.current?.append(text);
    }
    host.current?.setAttribute('aria-valuetext', text);
    host.current?.setAttribute('aria-valuenow', String(index ?? Math.max(0, known.length - 1)));
  };
  useLayoutEffect(writeCaption);
  const spoken = useRef<HTMLSpanElement>(null);
  // Written past React: what is read out renders nothing anew.
  const [newest] = useState(() =>
    announcer((text) => {
      if (spoken.current) {
        spoken.current.textContent = text;
      }
    }),
  );
  const tableId = useId();
  const shape = `${series.map((each) => each.label).join('|')}/${band ? 1 : 0}/${zone}/${height}/${limit ?? ''}/${unit}`;

  useEffect(() => {
    const element = host.current as HTMLDivElement;
    // Asked before the chart listens: at a change of theme the old colours are forgotten first.
    colorOf('--text-muted');
    // Not by uPlot's own patterns: they go by a date of the browser's zone, which may have no such hour.
    const writeTick = unit === 'seconds' ? clockTime : tickTime;
    const axis = { stroke: () => colorOf('--text-muted'), grid: { stroke: () => colorOf('--line'), width: 1 }, ticks: { show: false }, font: '11px "Inter Variable", sans-serif' };
    const made = new uPlot(
      {
        ...sizeOf(element),
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), zone),
        cursor: { sync: { key: group }, points: { size: 6 }, drag: { x: false, y: false } },
        legend: { show: false },
        padding: [8, 26, 0, 0],
        scales: { y: { range: (_, __, max) => [0, Math.max((max ?? 0) * 1.12, limit ? limit * 1.1 : 1)] } },
        axes: [
          { ...axis, size: 28, gap: 8, space: unit === 'seconds' ? 80 : 62, values: (_, ticks) => ticks.map((tick) => writeTick(tick * 1_000, zone)), incrs: INCREMENTS },
          { ...axis, size: 58, space: height < LOW ? 16 : 34, values: (_, ticks) => ticks.map((tick) => format(tick)), ...(props.steps ? { incrs: [...props.steps] } : {}) },
        ],
        series: [
          {},
          ...(band ? [1, 2].map(() => ({ stroke: 'transparent', points: { show: false } })) : []),
          ...series.map((each) => ({
            label: each.label,
            stroke: () => colorOf(each.color),
            width: each.width ?? 1.75,
            points: { show: false },
            ...(each.dash ? { dash: each.dash } : {}),
          })),
        ],
        ...(band ? { bands: [{ series: [2, 1] as [number, number], fill: () => colorOf('--band') }] } : {}),
        hooks: {
          drawAxes: [
            (plot) => {
              drawSpans(plot, latest.current.spans ?? []);
              if (limit !== undefined) {
                const y = Math.round(plot.valToPos(limit, 'y', true)) + 0.5;
                drawRule(plot, [plot.bbox.left, y], [plot.bbox.left + plot.bbox.width, y], '--limit');
              }
              const { now, marks = [] } = latest.current;
              if (now !== undefined) {
                const x = Math.round(plot.valToPos(now / 1_000, 'x', true)) + 0.5;
                drawRule(plot, [x, plot.bbox.top], [x, plot.bbox.top + plot.bbox.height], '--text-muted');
              }
              drawMarks(plot, marks);
            },
          ],
          // Behind the work of all plots of the group: what one reads would make the browser lay out what another wrote.
          setCursor: [() => queueMicrotask(writeCaption)],
        },
      },
      data(latest.current),
      element,
    );
    chart.current = made;
    onChart?.(made);
    const sizes = new ResizeObserver(() => made.setSize(sizeOf(element)));
    sizes.observe(element);
    // A chart that nobody sees is drawn when it comes into sight.
    const sight = new IntersectionObserver(([entry]) => {
      const comes = entry?.isIntersecting === true;
      if (comes && !seen.current) {
        made.setData(data(latest.current));
      }
      seen.current = comes;
    });
    sight.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => made.redraw(false);
    scheme.addEventListener('change', redraw);
    addEventListener('agentpulse:theme', redraw);
    return () => {
      sizes.disconnect();
      sight.disconnect();
      scheme.removeEventListener('change', redraw);
      removeEventListener('agentpulse:theme', redraw);
      onChart?.(null);
      made.destroy();
      chart.current = null;
    };
    // The chart is made anew only for another set of lines: values come through setData.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [shape, group]);

  useEffect(() => {
    if (seen.current) {
      chart.current?.setData(data(latest.current));
    }
  }, [times, series, band, spans, props.marks, props.now]);

  useEffect(() => {
    // Only of the chart that somebody is at: several would talk at once, and nobody asked them.
    if (host.current === document.activeElement) {
      newest.offer(describe(latest.current, lastKnown(latest.current)));
    }
  }, [times, series, newest]);
  useEffect(() => newest.drop, [newest]);

  const move = (step: number) => {
    const plot = chart.current;
    if (plot && times.length > 0) {
      const now = plot.cursor.idx ?? times.length - 1;
      const next = Math.min(times.length - 1, Math.max(0, now + step));
      const left = plot.valToPos((times[next] as number) / 1_000, 'x');
      plot.setCursor({ left, top: plot.over.clientHeight / 2 });
    }
  };

  return (
    <figure className="time-chart">
      <div
        ref={host}
        className="time-chart-plot"
        style={{ height }}
        role="slider"
        tabIndex={0}
        aria-label={`${title}. Left and right move the cursor.`}
        // React writes it once; from then on it is written with the text.
        aria-valuenow={0}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, times.length - 1)}
        aria-details={tableId}
        onBlur={newest.drop}
        onKeyDown={(event) => {
          const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -12, PageDown: 12, Home: -1e6, End: 1e6 }[event.key];
          if (step !== undefined) {
            event.preventDefault();
            move(step);
          }
        }}
      />
      <figcaption ref={caption} className="time-chart-cursor" />
      <span ref={spoken} className="visually-hidden" aria-live="polite" />
      <ChartTable id={tableId} {...props} />
    </figure>
  );
}

/** Enough for a week by the hour and the next day by quarters of an hour. */
const MOST_ROWS = 270;

/** The same in rows, newest first, for those who do not read lines. Made only when it is opened. */
const ChartTable = memo(function ChartTable({ id, title, times, series, band, zone, format, unit = 'seconds' }: TimeChartProps & { id: string }) {
  const [open, setOpen] = useState(false);
  const rows = times.map((time, index) => ({ time, index })).slice(-MOST_ROWS).toReversed();
  const columns = [...series, ...(band && isKnown(band) ? [{ label: `${band.label}, from`, values: band.low }, { label: 'to', values: band.high }] : [])];
  return (
    <details id={id} className="chart-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {open && (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={`${title}, as a table`}>
          <table className="sources-table">
            <thead>
              <tr>
                <th scope="col">Time</th>
                {columns.map((each) => (
                  <th key={each.label} scope="col" className="num">
                    {each.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ time, index }) => (
                <tr key={time}>
                  <th scope="row" className="num">
                    {WRITE_TIME[unit](time, zone)}
                  </th>
                  {columns.map((each) => (
                    <td key={each.label} className="num">
                      {format(each.values[index] ?? null)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
});

function data({ times, series, band }: TimeChartProps): uPlot.AlignedData {
  const columns = [...(band ? [band.low, band.high] : []), ...series.map((each) => each.values)];
  return [times.map((time) => time / 1_000), ...columns] as unknown as uPlot.AlignedData;
}

/** Whether there is something of it to see. */
export function isKnown({ high }: Band): boolean {
  return high.some((value) => value !== null);
}

/** The last point with a value of the first line: a bucket that has not ended may have none. */
function lastKnown({ times, series }: TimeChartProps): number {
  const last = series[0]?.values.findLastIndex((value) => value !== null) ?? -1;
  return last < 0 ? times.length - 1 : last;
}

function describe({ times, series, band, spans = [], spanWord, marks = [], zone, format, unit = 'seconds' }: TimeChartProps, index: number | null | undefined): string {
  const time = index === null || index === undefined ? undefined : times[index];
  if (time === undefined || index === null || index === undefined) {
    return '';
  }
  const at = (values: readonly (number | null)[]) => values[index] ?? null;
  const values = series.filter((each) => at(each.values) !== null || !(each.compared || each.part)).map((each) => `${each.label} ${format(at(each.values))}`);
  if (band && at(band.high) !== null) {
    values.push(`${band.label} ${format(at(band.low))} to ${format(at(band.high))}`);
  }
  const half = ((times[1] ?? time) - (times[0] ?? time)) / 2;
  const during = spanWord !== undefined && spans.some(({ from, to }) => from < time + half && (to === null || to >= time - half)) ? [spanWord] : [];
  const notes = marks.filter((mark) => mark.time >= time - half && mark.time < time + half).map(({ text }) => text);
  return [WRITE_TIME[unit](time, zone), values.join(' · '), ...during, ...notes].join('   ');
}
