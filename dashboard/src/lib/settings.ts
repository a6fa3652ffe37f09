import { useSyncExternalStore } from 'react';

export interface Setting {
  get: () => string;
  set: (value: string) => void;
  subscribe: (listener: () => void) => () => void;
}

/** A choice that this browser keeps. Where storage is closed it holds for this visit. */
export function setting(name: string, otherwise: string): Setting {
  const key = `agentpulse.${name}`;
  const listeners = new Set<() => void>();
  let value = otherwise;
  try {
    value = localStorage.getItem(key) ?? otherwise;
  } catch {
    // Closed storage: the choice holds until the page is left.
  }
  return {
    get: () => value,
    set: (next) => {
      value = next;
      try {
        localStorage.setItem(key, next);
      } catch {
        // As above.
      }
      listeners.forEach((listener) => listener());
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useSetting(kept: Setting): [string, (value: string) => void] {
  return [useSyncExternalStore(kept.subscribe, kept.get), kept.set];
}
