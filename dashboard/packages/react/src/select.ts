import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { onBeat } from './beat';
import { useLiveSource } from './context';
import type { Freshness } from './freshness';
import type { Link } from './link';
import type { TableName, Tables } from './rows';
import type { Store } from './store';
import type { ResultTable } from './tables';

/** One row; the component renders when this row changes and at no other time. */
export function useRow<T extends TableName>(table: T, key: string): Tables[T] | undefined {
  const { store } = useLiveSource();
  const subscribe = useCallback((listener: () => void) => store.subscribe(`${table}/${key}`, listener), [store, table, key]);
  return useSyncExternalStore(subscribe, () => store.row(table, key));
}

/** All rows of a table. */
export function useTable<T extends TableName>(table: T): readonly Tables[T][] {
  const { store } = useLiveSource();
  const subscribe = useCallback((listener: () => void) => store.subscribe(table, listener), [store, table]);
  return useSyncExternalStore(subscribe, () => store.list(table));
}

/**
 * Something computed from tables; the component renders only when the outcome differs. Outcomes are compared by value,
 * so they should be small: counts, or a list of keys.
 */
export function useSelect<R>(tables: readonly TableName[], select: (store: Store) => R): R {
  const { store } = useLiveSource();
  const last = useRef<{ versions: string; select: (store: Store) => R; text: string; value: R } | null>(null);
  const names = tables.join();
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = names.split(',').map((table) => store.subscribe(table as TableName, listener));
      return () => stops.forEach((stop) => stop());
    },
    [store, names],
  );
  return useSyncExternalStore(subscribe, () => {
    const versions = tables.map((table) => store.version(table)).join();
    const before = last.current;
    if (before?.versions === versions && before.select === select) {
      return before.value;
    }
    const value = select(store);
    const text = JSON.stringify(value);
    const same = before?.text === text;
    last.current = { versions, select, text, value: same ? before.value : value };
    return last.current.value;
  });
}

/** How figures come in, and what stands in the way. */
export function useLink(): Link {
  const live = useLiveSource();
  const subscribe = useCallback((listener: () => void) => live.subscribeLink(listener), [live]);
  return useSyncExternalStore(subscribe, live.getLink);
}

/** Whether a table may not be read here, whole or in part: what shows it is left out. */
export function useWithheld(table: ResultTable): boolean {
  return useLink().withheld.includes(table);
}

/** Something read off the freshness four times a second; the component renders only when it differs. */
export function useFreshnessSelect<R extends string | number | boolean | null>(select: (now: Freshness) => R): R {
  const live = useLiveSource();
  const [value, setValue] = useState(() => select(live.freshness()));
  const latest = useRef(select);
  latest.current = select;
  useEffect(() => {
    const look = () => setValue(latest.current(live.freshness()));
    look();
    return onBeat(look);
  }, [live]);
  return value;
}
