import { useEffect } from 'react';
import { actByFunction, actByGateway, type AcknowledgeResult } from './acknowledge';
import { bucketsOf, spanKey, type FixedRange, type HistorySpan } from './history';
import type { LiveSource } from './live';
import { rowsOf, usePolled, type Answer } from './polled';

/** A row of incident_note. */
export interface IncidentNote {
  note_id: number;
  alert_id: string;
  note: string;
  noted_by: string;
  noted_at: string;
}

/** As many characters does the database take. */
export const MOST_NOTE_CHARACTERS = 1_000;

/** Others see a note after so long at most. */
const READ_EVERY_MS = 20_000;
const MOST_NOTES = 300;
/** Of a span of history. */
const MOST_PAST_NOTES = 1_000;
const written = new Set<() => void>();

/** The newest notes on alerts, or those of a span of history; oldest first. */
export function useIncidentNotes(span?: HistorySpan): Answer<readonly IncidentNote[]> {
  const answer = usePolled(
    `incident_note ${span === undefined ? '' : spanKey(span)}`,
    async ({ client, signal, now }) => {
      const all = client.from('incident_note').select('*');
      const within = ({ from, to }: FixedRange) => all.gte('noted_at', new Date(from).toISOString()).lt('noted_at', new Date(to).toISOString());
      const wanted = span === undefined ? all.limit(MOST_NOTES) : within(bucketsOf(span, now)).limit(MOST_PAST_NOTES);
      return (await rowsOf<IncidentNote>(wanted.order('note_id', { ascending: false }).abortSignal(signal))).reverse();
    },
    READ_EVERY_MS,
  );
  const { again } = answer;
  useEffect(() => {
    written.add(again);
    return () => void written.delete(again);
  }, [again]);
  return answer;
}

/** Keeps a note on an alert, open or resolved. The name comes from the token, as of an acknowledgement. */
export async function noteIncident(live: LiveSource, alertId: string, text: string): Promise<AcknowledgeResult> {
  const call = { alert_id: alertId, text };
  const gone = 'The alert is not kept any more.';
  const result = await (live.gateway ? actByGateway(live.gateway, '/rest/v1/rpc/note_incident', 'POST', call, gone) : actByFunction(live, 'note_incident', call, gone));
  if (result.ok) {
    written.forEach((again) => again());
  }
  return result;
}
