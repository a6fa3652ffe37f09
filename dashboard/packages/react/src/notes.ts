import { useEffect } from 'react';
import { actByFunction, actByGateway, type AcknowledgeResult } from './acknowledge';
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
const written = new Set<() => void>();

/** The newest notes on alerts, oldest first. */
export function useIncidentNotes(): Answer<readonly IncidentNote[]> {
  const answer = usePolled(
    'incident_note',
    async ({ client, signal }) => {
      const newest = client.from('incident_note').select('*').order('note_id', { ascending: false }).limit(MOST_NOTES).abortSignal(signal);
      return (await rowsOf<IncidentNote>(newest)).reverse();
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
