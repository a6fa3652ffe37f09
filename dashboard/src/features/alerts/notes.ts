import { useMemo } from 'react';
import { useIncidentNotes, useTable, type IncidentNote } from '@agentpulse/react';
import type { Mark } from '../../components/TimeChart';
import { markOf } from '../../lib/marks';
import { agentOf } from './incidents';

const NONE: readonly IncidentNote[] = [];

/** Notes by their alert, oldest first. */
export function useNotesByAlert(): ReadonlyMap<string, readonly IncidentNote[]> {
  const answer = useIncidentNotes();
  const notes = answer.state === 'ready' ? answer.value : NONE;
  return useMemo(() => {
    const by = new Map<string, IncidentNote[]>();
    for (const note of notes) {
      by.set(note.alert_id, [...(by.get(note.alert_id) ?? []), note]);
    }
    return by;
  }, [notes]);
}

/** Those of some alerts, oldest first; the same list for the same notes, where they are of one alert or of none. */
export function notesOf(by: ReadonlyMap<string, readonly IncidentNote[]>, alertIds: readonly string[]): readonly IncidentNote[] {
  const noted = alertIds.filter((id) => by.has(id));
  return noted.length === 0 ? NONE : noted.length === 1 ? (by.get(noted[0] as string) as readonly IncidentNote[]) : noted.flatMap((id) => by.get(id) as readonly IncidentNote[]).sort((a, b) => a.note_id - b.note_id);
}

/** The notes on an agent's incidents, as marks on its charts. */
export function useAgentMarks(agent: string, by: ReadonlyMap<string, readonly IncidentNote[]>): readonly Mark[] {
  const alerts = useTable('alert');
  return useMemo(() => {
    const mine = alerts.filter((alert) => by.has(alert.alert_id) && agentOf(alert) === agent).map(({ alert_id }) => alert_id);
    return notesOf(by, mine).map((note) => markOf(note));
  }, [alerts, agent, by]);
}
