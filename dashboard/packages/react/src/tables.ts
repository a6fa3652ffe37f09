import type { TableName, Tables } from './rows';

interface TableSpec<R> {
  /** The row's key; two parts are joined by a space, which no window name holds. */
  key: (row: Partial<R>) => string;
  /** A moment of the row: a row that is older than the one held is left out. */
  version?: (row: R) => string;
  /** At most so many rows are held; the ones with the smallest order go first, but for the last ones of each group. */
  limit?: { rows: number; order: (row: R) => string | number; group?: (row: R) => string; ofEachGroup?: number };
}

/** What the store has to know of each table. */
export const TABLES: { [T in TableName]: TableSpec<Tables[T]> } = {
  agent_performance: { key: (r) => `${r.window_name} ${r.agent}`, version: (r) => r.window_end },
  agent_health: { key: (r) => String(r.agent) },
  approval_queue: { key: (r) => String(r.queue), version: (r) => r.as_of },
  approval_activity: { key: (r) => String(r.window_name), version: (r) => r.window_end },
  training_quality: { key: (r) => String(r.window_name), version: (r) => r.window_end },
  annotator_activity: { key: (r) => `${r.window_name} ${r.annotator}`, version: (r) => r.window_end },
  alert: {
    key: (r) => String(r.alert_id),
    // Open incidents are never crowded out by resolved ones.
    limit: { rows: 2_000, order: (r) => (r.status === 'resolved' ? '0' : '1') + r.opened_at },
  },
  channel_event: {
    key: (r) => String(r.seq),
    // A quiet channel is not crowded out by a busy one.
    limit: { rows: 1_000, order: (r) => r.seq, group: (r) => r.channel, ofEachGroup: 150 },
  },
  pipeline_status: { key: (r) => String(r.component), version: (r) => r.as_of },
  pending_approval: { key: (r) => String(r.id) },
};

/** The tables that are read and followed; pending_approval is made from the others. */
export const RESULT_TABLES = [
  'agent_performance',
  'agent_health',
  'approval_queue',
  'approval_activity',
  'training_quality',
  'annotator_activity',
  'alert',
  'channel_event',
  'pipeline_status',
] as const satisfies readonly TableName[];

export type ResultTable = (typeof RESULT_TABLES)[number];

const FRACTION = /\.(\d+)/;

/**
 * Compares two ISO times of one zone notation by what they say, to the microsecond. REST writes
 * 13:04:07.5+00:00 and Realtime may write 13:04:07.500000+00: comparing texts would not do.
 */
export function compareTimes(a: string, b: string): number {
  const millis = Date.parse(a) - Date.parse(b);
  if (millis !== 0 || a === b) {
    return Number.isNaN(millis) ? 0 : millis;
  }
  return micros(a) - micros(b);
}

function micros(time: string): number {
  return Number((FRACTION.exec(time)?.[1] ?? '').padEnd(6, '0').slice(0, 6));
}
