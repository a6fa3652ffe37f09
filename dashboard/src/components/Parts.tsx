import { formatCount } from '../lib/format';
import type { WhyQuestion } from '../lib/why';
import { CellFigure } from './Figure';

export interface Part {
  label: string;
  count: number;
  tone: string;
  why: WhyQuestion;
}

/** A whole in its parts, as one bar with its legend: the legend says in words and numbers what the bar shows. */
export function Parts({ parts, label }: { parts: readonly Part[]; label: string }) {
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  return (
    <div className="parts" role="group" aria-label={label}>
      <div className="parts-bar" aria-hidden="true">
        {total === 0 ? (
          <span className="parts-none" />
        ) : (
          parts
            .filter((part) => part.count > 0)
            .map((part) => <span key={part.label} className={`fill-${part.tone}`} style={{ flexGrow: part.count }} />)
        )}
      </div>
      <dl className="parts-legend">
        {parts.map((part) => (
          <div key={part.label} className={part.count === 0 ? 'is-zero' : ''}>
            <dt>
              <i className={`fill-${part.tone}`} aria-hidden="true" />
              {part.label}
            </dt>
            <dd>
              <CellFigure why={part.why}>{formatCount(part.count)}</CellFigure>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
