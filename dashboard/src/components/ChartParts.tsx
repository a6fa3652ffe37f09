import type { ReactNode } from 'react';
import { toggleComparison } from '../lib/ranges';
import { CsvButton } from './CsvButton';
import { Icon } from './Icon';
import type { Series } from './TimeChart';

interface ChartHeadProps {
  title: string;
  note?: ReactNode;
  /** What else can be done with it. */
  actions?: ReactNode;
  onCsv?: () => void;
  onPng: () => void;
}

/** The title of a chart, and the ways to take it along. */
export function ChartHead({ title, note, actions, onCsv, onPng }: ChartHeadProps) {
  return (
    <div className="chart-head">
      <h3>{title}</h3>
      {note}
      <span className="panel-actions">
        {actions}
        {onCsv && <CsvButton label="Chart as CSV" onExport={onCsv} />}
        <button type="button" className="icon-button" aria-label="Chart as PNG" title="Chart as PNG" onClick={onPng}>
          <Icon name="image" />
        </button>
      </span>
    </div>
  );
}

/** Shows the spans before on all charts of history, or leaves them out. */
export function CompareSwitch({ on }: { on: boolean }) {
  return (
    <button type="button" className="icon-button" aria-label="Compare with the time before" aria-pressed={on} title={`${on ? 'Leave out' : 'Show'} the dashed lines of the time before (c)`} onClick={toggleComparison}>
      <Icon name="compare" />
    </button>
  );
}

/** What each line of a chart is; its children are what the chart shows besides lines. */
export function ChartLegend({ series, children }: { series: readonly Series[]; children: ReactNode }) {
  return (
    <ul className="chart-legend" aria-hidden="true">
      {series.map((each) => (
        <li key={each.label}>
          <i style={{ background: `var(${each.color})` }} className={each.dash === undefined ? '' : (each.dash[0] ?? 0) < 3 ? 'is-dotted' : 'is-dashed'} />
          {each.label}
        </li>
      ))}
      {children}
    </ul>
  );
}

interface LegendMarkProps {
  kind: 'band' | 'limit' | 'span' | 'mark';
  /** Whether it is on the chart. Until it is its room is kept: what is below does not move when it comes. */
  shown?: boolean;
  title?: string | undefined;
  children: string;
}

/** What the chart shows besides lines. */
export function LegendMark({ kind, shown = true, title, children }: LegendMarkProps) {
  return shown ? (
    <li title={title}>
      <i className={`is-${kind}`} />
      {children}
    </li>
  ) : (
    <li className="legend-room" data-word={children}>
      <i className={`is-${kind}`} />
    </li>
  );
}
