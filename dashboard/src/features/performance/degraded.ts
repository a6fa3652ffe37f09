import { useCallback, useMemo } from 'react';
import { useIncidentNotes, useIncidentSpans, useSelect, type HistorySpan, type IncidentSpan, type Store } from '@agentpulse/react';
import type { Mark, Span } from '../../components/TimeChart';
import { markOf } from '../../lib/marks';

const NONE: readonly never[] = [];

/** When an agent was degraded, or any agent (null), of what is read and what the page holds: spans that touch are one. */
export function degradedSpans(store: Store, agent: string | null, read: readonly IncidentSpan[] = NONE): Span[] {
  const held = store.list('alert').filter((alert) => alert.rule === 'agent_degraded' && (agent === null || alert.subject === agent));
  // What is held is newer than what was read.
  const spans = [...new Map<string, IncidentSpan>([...read, ...held].map((alert) => [alert.alert_id, alert])).values()]
    .map((alert): Span => ({ from: Date.parse(alert.opened_at), to: alert.resolved_at === null ? null : Date.parse(alert.resolved_at) }))
    .sort((a, b) => a.from - b.from);
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last === undefined || (last.to !== null && span.from > last.to)) {
      merged.push(span);
    } else if (last.to !== null) {
      merged[merged.length - 1] = { from: last.from, to: span.to === null ? null : Math.max(last.to, span.to) };
    }
  }
  return merged;
}

/** Of what the page holds: enough for the time since it was opened. */
export function useDegradedSpans(agent: string | null, read: readonly IncidentSpan[] = NONE): readonly Span[] {
  return useSelect(['alert'], useCallback((store: Store) => degradedSpans(store, agent, read), [agent, read]));
}

/** The incidents of a span of history, and the notes on them; with the marks that are known already, each once. */
export function useDegradedPast(agent: string | null, span: HistorySpan, marks: readonly Mark[] = NONE): { spans: readonly Span[]; marks: readonly Mark[] } {
  const incidents = useIncidentSpans(agent, span);
  const notes = useIncidentNotes(span);
  const read = incidents.state === 'ready' ? incidents.value : NONE;
  const noted = notes.state === 'ready' ? notes.value : NONE;
  const spans = useDegradedSpans(agent, read);
  const all = useMemo(() => {
    const subjects = new Map(read.map(({ alert_id, subject }) => [alert_id, subject]));
    const past = noted.filter((note) => subjects.has(note.alert_id)).map((note) => markOf(note, agent === null ? subjects.get(note.alert_id) : undefined));
    return [...new Map([...marks, ...past].map((mark) => [mark.id, mark])).values()];
  }, [read, noted, marks, agent]);
  return { spans, marks: all };
}
