import { askWhy, type WhyQuestion } from '../lib/why';
import type { ReactNode } from 'react';

interface FigureProps {
  /** What is asked when the figure is opened. */
  why: WhyQuestion;
  label: string;
  value: string;
  note?: ReactNode;
  tone?: 'good' | 'warn' | 'bad' | undefined;
  size?: 'large' | 'small';
}

/** A figure with its name, that opens its own explanation. */
export function Figure({ why, label, value, note, tone, size = 'small' }: FigureProps) {
  return (
    <button type="button" className={`figure figure-${size}`} onClick={() => askWhy(why)} title={`${label}: where this figure comes from`}>
      <span className="figure-label">{label}</span>
      <span className={`figure-value ${tone ? `tone-${tone}` : ''}`}>{value}</span>
      {note !== undefined && <span className="figure-note">{note}</span>}
    </button>
  );
}

interface CellFigureProps {
  why: WhyQuestion;
  /**
   * In a row that opens something itself: Tab goes from row to row, and what the row opens has the same figures for the
   * keyboard. The cells have titles of their own.
   */
  inRow?: boolean;
  children: ReactNode;
}

/** A figure in a table or a legend, that opens its own explanation. */
export function CellFigure({ why, inRow = false, children }: CellFigureProps) {
  return (
    <button
      type="button"
      className="cell-figure"
      {...(inRow ? { tabIndex: -1 } : { title: 'Where this figure comes from' })}
      onClick={(event) => {
        event.stopPropagation();
        askWhy(why);
      }}
    >
      {children}
    </button>
  );
}
