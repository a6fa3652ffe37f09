import type { PipelineStatus } from './rows';
import type { Change } from './store';

/** Until its first tick a job notes in its row how far it is with reading the tables: such a row says nothing of figures. */
export function isTick(row: PipelineStatus): boolean {
  return row.details?.snapshot === undefined;
}

/** Whether a job still reads what was committed before its restart: until it has, no breach of an SLA becomes an alert. */
export function isCatchingUp(rows: readonly PipelineStatus[]): boolean {
  return rows.some((row) => row.details?.backlog === true);
}

/** Without rows of jobs that have not written a tick; null where nothing is left. */
export function ticksOnly(change: Change): Change | null {
  if (change.table !== 'pipeline_status' || change.type === 'delete') {
    return change;
  }
  if (change.type === 'replace') {
    return { ...change, rows: change.rows.filter(isTick) };
  }
  return isTick(change.row) ? change : null;
}

/** How far the reading of the tables is, in words; null when nothing is known. */
export function progressText(rows: readonly PipelineStatus[]): string | null {
  const text = rows.map((row) => row.details?.snapshot).find((each) => typeof each === 'string');
  try {
    const { tables } = JSON.parse(text ?? '{}') as { tables?: Record<string, { rows: number; done: boolean }> };
    const parts = Object.entries(tables ?? {}).map(([table, { rows: read, done }]) => `${table}: ${read.toLocaleString('en')} rows${done ? '' : ' so far'}`);
    return parts.length === 0 ? null : `The tables are read: ${parts.join(', ')}`;
  } catch {
    return null;
  }
}
