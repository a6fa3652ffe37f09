import type { TableName, Tables } from './rows';
import { TABLES, compareTimes } from './tables';

export type Change = {
  [T in TableName]:
    | { table: T; type: 'upsert'; row: Tables[T] }
    | { table: T; type: 'delete'; row: Partial<Tables[T]> }
    /** The whole table was read: what is not among the rows is gone. */
    | { table: T; type: 'replace'; rows: readonly Tables[T][] };
}[TableName];

type Listener = () => void;

/**
 * All rows that the page shows, once each, by table and key. A frame is applied at once; then exactly those listeners
 * are called whose rows changed. Listeners of a table hear of every change in it, listeners of a key only of theirs.
 *
 * While paused, what is shown stands still. Changes are made behind it, within the limits of the tables as ever, and are
 * shown together on resume.
 */
export class Store {
  private readonly rows = new Map<TableName, Map<string, object>>();
  private readonly versions = new Map<TableName, number>();
  private readonly lists = new Map<TableName, { version: number; rows: readonly object[] }>();
  private readonly listeners = new Map<string, Set<Listener>>();
  /** The rows as they were when the pause began; null while there is none. */
  private shown: Map<TableName, Map<string, object>> | null = null;
  /** Rows that came in the pause and went again, because newer ones filled their table. */
  private passed = 0;
  /** How many rows a resume will change, and how many passed: what the page says while it is paused. */
  waiting = 0;
  /** Frames applied so far. */
  frames = 0;

  row<T extends TableName>(table: T, key: string): Tables[T] | undefined {
    return (this.shown ?? this.rows).get(table)?.get(key) as Tables[T] | undefined;
  }

  /** The table's rows; the same array until one of them changes. */
  list<T extends TableName>(table: T): readonly Tables[T][] {
    const version = this.version(table);
    const cached = this.lists.get(table);
    if (cached?.version === version) {
      return cached.rows as readonly Tables[T][];
    }
    const rows = [...((this.shown ?? this.rows).get(table)?.values() ?? [])];
    this.lists.set(table, { version, rows });
    return rows as unknown as readonly Tables[T][];
  }

  /** Grows with every frame that changes the table. */
  version(table: TableName): number {
    return this.versions.get(table) ?? 0;
  }

  subscribe(topic: TableName | `${TableName}/${string}` | '#paused', listener: Listener): () => void {
    const set = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0) {
        this.listeners.delete(topic);
      }
    };
  }

  get paused(): boolean {
    return this.shown !== null;
  }

  pause(): void {
    this.shown ??= new Map([...this.rows].map(([table, rows]) => [table, new Map(rows)]));
    this.notify(new Set(['#paused']));
  }

  resume(): void {
    const touched = new Set<string>();
    this.eachWaiting((table, key) => touch(table, key, touched));
    this.shown = null;
    this.passed = 0;
    this.waiting = 0;
    this.notify(new Set(['#paused']));
    this.publish(touched);
  }

  apply(changes: readonly Change[]): void {
    const touched = new Set<string>();
    for (const change of changes) {
      this.change(change, touched);
    }
    if (this.shown === null) {
      this.publish(touched);
    } else if (touched.size > 0) {
      this.waiting = this.passed;
      this.eachWaiting((table, _key, gone) => {
        // A full table loses its oldest rows by itself: the ones that came are counted already.
        this.waiting += gone && TABLES[table].limit ? 0 : 1;
      });
      this.notify(new Set(['#paused']));
    }
  }

  /** Every row that differs from the one shown; gone are those that are shown and no longer there. */
  private eachWaiting(take: (table: TableName, key: string, gone: boolean) => void): void {
    if (this.shown === null) {
      return;
    }
    for (const [table, rows] of this.rows) {
      const shown = this.shown.get(table) ?? new Map<string, object>();
      rows.forEach((row, key) => row !== shown.get(key) && take(table, key, false));
      shown.forEach((_, key) => rows.has(key) || take(table, key, true));
    }
  }

  private publish(touched: Set<string>): void {
    if (touched.size > 0) {
      for (const table of this.rows.keys()) {
        if (touched.has(table)) {
          this.versions.set(table, this.version(table) + 1);
        }
      }
      this.frames += 1;
      this.notify(touched);
    }
  }

  private change(change: Change, touched: Set<string>): void {
    const table = this.rows.get(change.table) ?? new Map<string, object>();
    this.rows.set(change.table, table);
    if (change.type === 'replace') {
      const keys = new Set(change.rows.map((row) => keyOf(change.table, row)));
      for (const key of table.keys()) {
        if (!keys.has(key)) {
          this.remove(table, change.table, key, touched);
        }
      }
      for (const row of change.rows) {
        this.put(table, change.table, row, touched);
      }
    } else if (change.type === 'delete') {
      this.remove(table, change.table, keyOf(change.table, change.row), touched);
    } else {
      this.put(table, change.table, change.row, touched);
    }
  }

  private put(rows: Map<string, object>, table: TableName, row: object, touched: Set<string>): void {
    const key = keyOf(table, row);
    const before = rows.get(key);
    if (before && (sameRow(before, row) || isOlder(table, row, before))) {
      return;
    }
    rows.set(key, row);
    touch(table, key, touched);
    const limit = TABLES[table].limit;
    if (limit && rows.size > limit.rows * 1.1) {
      for (const oldKey of oldest(rows, limit as Limit)) {
        this.remove(rows, table, oldKey, touched);
        this.passed += this.shown === null || this.shown.get(table)?.has(oldKey) ? 0 : 1;
      }
    }
  }

  private remove(rows: Map<string, object>, table: TableName, key: string, touched: Set<string>): void {
    if (rows.delete(key)) {
      touch(table, key, touched);
    }
  }

  private notify(topics: Set<string>): void {
    for (const topic of topics) {
      for (const listener of this.listeners.get(topic) ?? []) {
        listener();
      }
    }
  }
}

interface Limit {
  rows: number;
  order: (row: object) => string | number;
  group?: (row: object) => string;
  ofEachGroup?: number;
}

/** The keys of rows that are more than a table may hold. */
function oldest(rows: ReadonlyMap<string, object>, { rows: most, order, group = () => '', ofEachGroup = 0 }: Limit): string[] {
  const newestFirst = [...rows].sort(([, a], [, b]) => (order(a) < order(b) ? 1 : -1));
  const seen = new Map<string, number>();
  const others = newestFirst.filter(([, row]) => {
    const count = (seen.get(group(row)) ?? 0) + 1;
    seen.set(group(row), count);
    return count > ofEachGroup;
  });
  return others.slice(Math.max(0, others.length - (rows.size - most))).map(([key]) => key);
}

function touch(table: TableName, key: string, touched: Set<string>): void {
  touched.add(table).add(`${table}/${key}`);
}

/** How many rows changes are of; all that a table was read of counts as one. */
export function countRows(changes: readonly Change[]): number {
  return new Set(changes.map((change) => (change.type === 'replace' ? change.table : `${change.table}/${keyOf(change.table, change.row)}`))).size;
}

function keyOf(table: TableName, row: object): string {
  return (TABLES[table].key as (row: object) => string)(row);
}

function isOlder(table: TableName, row: object, before: object): boolean {
  const version = TABLES[table].version as ((row: object) => string) | undefined;
  return version !== undefined && compareTimes(version(row), version(before)) < 0;
}

function sameRow(a: object | undefined, b: object): boolean {
  if (!a) {
    return false;
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(right);
  return keys.every((key) => sameValue(left[key], right[key]));
}

function sameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));
}
