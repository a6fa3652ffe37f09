import { useMemo } from 'react';
import { setting, useSetting } from '../../lib/settings';

/** Incidents that this reader snoozed until a moment. Kept in this browser: nobody else sees them. */
const kept = setting('snoozed', '{}');

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
