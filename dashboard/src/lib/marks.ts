import type { IncidentNote } from '@agentpulse/react';
import type { Mark } from '../components/TimeChart';

/** A note as a mark of a chart; where the chart is of many agents, with whom it is about. */
export function markOf({ note_id, note, noted_by, noted_at }: IncidentNote, agent?: string): Mark {
  return { id: note_id, time: Date.parse(noted_at), text: `${noted_by}${agent === undefined ? '' : ` on ${agent}`}: “${note}”` };
}
