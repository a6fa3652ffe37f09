import { useSyncExternalStore } from 'react';

/** The address is the state: what is open, filtered and chosen is in the query, so that a link shows the same. */
const CHANGED = 'agentpulse:url';

export function readUrl(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}

/** Null takes a parameter out. What opens something makes a step of the history, so that Back closes it. */
export function writeUrl(values: Record<string, string | null>, step = false): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) {
      query.delete(name);
    } else {
      query.set(name, value);
    }
  }
  const text = query.toString();
  const address = location.pathname + (text ? `?${text}` : '') + location.hash;
  if (address !== location.pathname + location.search + location.hash) {
    history[step ? 'pushState' : 'replaceState'](null, '', address);
    dispatchEvent(new Event(CHANGED));
  }
}

export function subscribeUrl(listener: () => void): () => void {
  addEventListener('popstate', listener);
  addEventListener(CHANGED, listener);
  return () => {
    removeEventListener('popstate', listener);
    removeEventListener(CHANGED, listener);
  };
}

export function useUrl(name: string): string | null {
  return useSyncExternalStore(subscribeUrl, () => readUrl(name));
}
