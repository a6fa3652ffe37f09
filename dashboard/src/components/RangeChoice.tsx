import type { HistorySpan } from '@agentpulse/react';
import { RANGE_OPTIONS, RANGES, type RangeName } from '../lib/ranges';
import { writeUrl } from '../lib/url';
import { Segments } from './Segments';

interface RangeChoiceProps {
  label: string;
  name: RangeName;
  /** Null for what is live. */
  span: HistorySpan | null;
  /** Whether there is something live to show. */
  live?: boolean;
}

/** How far charts go back. While that is fixed none is chosen, and any choice of those that a link fixes ends it. */
export function RangeChoice({ label, name, span, live = false }: RangeChoiceProps) {
  const options: readonly { value: string; label: string; title: string }[] = live ? RANGES : RANGE_OPTIONS;
  const value = span === null ? 'live' : typeof span === 'string' ? span : 'fixed';
  return <Segments label={label} value={value} options={options} onChange={(chosen) => writeUrl({ [name]: chosen === 'live' ? null : chosen, ...(name === 'past' ? {} : { from: null, to: null }) })} />;
}
