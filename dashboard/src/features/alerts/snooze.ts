import { useMemo } from 'react';
import { setting, useSetting } from '../../lib/settings';

/** Incidents that this reader snoozed until a moment, and their notes. Kept in this browser: nobody else sees them. */
const kept = setting('snoozed', '{}');
const notes = setting('notes', '{}');

function parse<V>(text: string): Record<string, V> {
  try {
    return JSON.parse(text) as Record<string, V>;
  } catch {
    return {};
  }
}

export function snooze(key: string, until: number | null): void {
  const now = Date.now();
  const all = Object.fromEntries(Object.entries(parse<number>(kept.get())).filter(([, end]) => end > now));
  if (until === null) {
    delete all[key];
  } else {
    all[key] = until;
  }
  kept.set(JSON.stringify(all));
}

/** Until when each incident is snoozed. */
export function useSnoozed(): Record<string, number> {
  const [text] = useSetting(kept);
  return useMemo(() => parse<number>(text), [text]);
}

export function writeNote(key: string, note: string): void {
  const all = parse<string>(notes.get());
  if (note.trim() === '') {
    delete all[key];
  } else {
    all[key] = note.trim();
  }
  notes.set(JSON.stringify(Object.fromEntries(Object.entries(all).slice(-200))));
}

export function useNotes(): Record<string, string> {
  const [text] = useSetting(notes);
  return useMemo(() => parse<string>(text), [text]);
}
