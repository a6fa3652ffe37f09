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
