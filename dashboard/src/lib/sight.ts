import { useEffect, useMemo, useSyncExternalStore, type RefObject } from 'react';
import { useLiveSource, type Store } from '@agentpulse/react';

type TableName = Parameters<Store['row']>[0];

/** What is out of sight is looked at again after so long: somebody may copy, print or search the page. */
const UNSEEN_MS = 10_000;

/**
 * Whether the browser draws an element, or skips it (content-visibility) because it is scrolled out of sight. What is
 * skipped need not render with every change.
 */
export class Sight {
  private skipped = false;
  // Spread over time: a hundred rows at once would be a frame of their own.
  private next = performance.now() + Math.random() * UNSEEN_MS;
  private readonly listeners = new Set<() => void>();

  /** Calls the listener when there is something to see: of changes it is told through what it is given. */
  listen(subscribe: (changed: () => void) => () => void, listener: () => void): () => void {
    this.listeners.add(listener);
    const stop = subscribe(() => {
      if (!this.skipped || this.isDue()) {
        listener();
      }
    });
    return () => {
      this.listeners.delete(listener);
      stop();
    };
  }

  readonly onChange = (event: Event): void => {
    this.skipped = (event as Event & { skipped: boolean }).skipped;
    if (!this.skipped) {
      this.listeners.forEach((listener) => listener());
    }
  };

  private isDue(): boolean {
    const now = performance.now();
    const due = now >= this.next;
    if (due) {
      this.next = now + UNSEEN_MS;
    }
    return due;
  }
}

/** The sight of an element whose style says content-visibility: auto. Where browsers do not tell, it is always seen. */
export function useSight(element: RefObject<HTMLElement | null>): Sight {
  const sight = useMemo(() => new Sight(), []);
  useEffect(() => {
    const watched = element.current;
    watched?.addEventListener('contentvisibilityautostatechange', sight.onChange);
    return () => watched?.removeEventListener('contentvisibilityautostatechange', sight.onChange);
  }, [element, sight]);
  return sight;
}

/** One row, for a component that renders only while it is seen. */
export function useRowInSight<T extends TableName>(sight: Sight, table: T, key: string) {
  const { store } = useLiveSource();
  const subscribe = useMemo(
    () => (listener: () => void) => sight.listen((changed) => store.subscribe(`${table}/${key}`, changed), listener),
    [sight, store, table, key],
  );
  return useSyncExternalStore(subscribe, () => store.row(table, key));
}
