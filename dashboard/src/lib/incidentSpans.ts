import { useCallback, useMemo } from 'react';
import { useIncidentNotes, useIncidentSpans, useSelect, type HistorySpan, type IncidentSpan, type Store } from '@agentpulse/react';
import type { Mark, Span } from '../components/TimeChart';
import { markOf } from './marks';

/** Which incidents belong on a chart: of latency, of how many queries there are, of how answers are judged, of approvals. */
export const LATENCY_RULES: readonly string[] = ['agent_degraded', 'latency_anomaly'];
export const VOLUME_RULES: readonly string[] = ['volume_anomaly'];
export const RATING_RULES: readonly string[] = ['quality_drop', 'rate_anomaly'];
export const APPROVAL_RULES: readonly string[] = ['approval_sla_breach'];
/** Those whose subject is an agent. */
export const AGENT_RULES: readonly string[] = [...LATENCY_RULES, ...VOLUME_RULES, ...RATING_RULES];

const NONE: readonly never[] = [];

/** When there was an incident of some rules and of a subject, or of any (null), of what is read and what the page holds: spans that touch are one. */
export function incidentSpans(store: Store, rules: readonly string[], subject: string | null, read: readonly IncidentSpan[] = NONE): Span[] {
  // What is held is newer than what was read.
  const spans = [...new Map<string, IncidentSpan>([...read, ...store.list('alert')].map((alert) => [alert.alert_id, alert])).values()]
    .filter((alert) => rules.includes(alert.rule) && (subject === null || alert.subject === subject))
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

/** The same as it changes; of what the page holds alone it is enough for the time since it was opened. The rules are a constant. */
export function useSpansOf(rules: readonly string[], subject: string | null, read: readonly IncidentSpan[] = NONE): readonly Span[] {
  return useSelect(['alert'], useCallback((store: Store) => incidentSpans(store, rules, subject, read), [rules, subject, read]));
}

/** Whom or what a note is about, where a chart is of many. */
function aboutOf({ rule, subject }: IncidentSpan): string {
  return APPROVAL_RULES.includes(rule) ? `approval ${subject}` : subject;
}

/** The incidents of a span of history, and the notes on them; with the marks that are known already, each once. */
export function usePastIncidents(rules: readonly string[], subject: string | null, span: HistorySpan, marks: readonly Mark[] = NONE): { read: readonly IncidentSpan[]; marks: readonly Mark[] } {
  const incidents = useIncidentSpans(subject, span, rules);
  const notes = useIncidentNotes(span);
  const read = incidents.state === 'ready' ? incidents.value : NONE;
  const noted = notes.state === 'ready' ? notes.value : NONE;
  const all = useMemo(() => {
    const byId = new Map(read.map((incident) => [incident.alert_id, incident]));
    const past = noted.flatMap((note) => {
      const incident = byId.get(note.alert_id);
      return incident === undefined ? [] : [markOf(note, subject === null ? aboutOf(incident) : undefined)];
    });
    return [...new Map([...marks, ...past].map((mark) => [mark.id, mark])).values()];
  }, [read, noted, marks, subject]);
  return { read, marks: all };
}
