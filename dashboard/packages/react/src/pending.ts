import type { Alert, ApprovalQueue, ChannelEvent, PendingApproval } from './rows';
import type { Change } from './store';
import { compareTimes } from './tables';

const QUEUE_CHANNEL = 'approval_queue_stream';
const SLA_CHANNEL = 'sla_breach_stream';
const REMEMBERED = 10_000;

/**
 * The approvals that wait, one by one. The result tables only count them, so the list comes from the messages of
 * approval_queue_stream, and the ones older than those messages from open alerts. The count of approval_queue stays the
 * truth: where the list is shorter, the page says how many it does not show.
 *
 * Messages come by two roads, the socket and reading: of one approval an older message never undoes a newer one.
 */
export class PendingFromEvents {
  private readonly lastSeq = new Map<string, number>();

  fromEvents(events: readonly ChannelEvent[]): Change[] {
    const changes: Change[] = [];
    for (const { seq, channel, payload } of events) {
      const id = String(payload.id);
      const concerns = channel === QUEUE_CHANNEL || (channel === SLA_CHANNEL && payload.event === 'sla_resolved');
      if (!concerns || (this.lastSeq.get(id) ?? -1) >= seq) {
        continue;
      }
      this.remember(id, seq);
      const status = payload.event === 'new_approval' ? payload.status : payload.new_status;
      const row = pendingRow(payload);
      if (row && status === 'pending') {
        changes.push({ table: 'pending_approval', type: 'upsert', row });
      } else {
        changes.push({ table: 'pending_approval', type: 'delete', row: { id } });
      }
    }
    return changes;
  }

  private remember(id: string, seq: number): void {
    this.lastSeq.delete(id);
    this.lastSeq.set(id, seq);
    if (this.lastSeq.size > REMEMBERED) {
      const [oldest] = this.lastSeq.keys();
      this.lastSeq.delete(oldest as string);
    }
  }
}

export function pendingFromAlert(alert: Alert): Change[] {
  const createdAt = alert.details?.created_at;
  if (alert.rule !== 'approval_sla_breach') {
    return [];
  }
  if (alert.status === 'resolved') {
    return [{ table: 'pending_approval', type: 'delete', row: { id: alert.subject } }];
  }
  if (typeof createdAt !== 'string') {
    return [];
  }
  const row = { id: alert.subject, conversation_id: alert.conversation_id, created_at: createdAt };
  return [{ table: 'pending_approval', type: 'upsert', row }];
}

/** What the queue's own row tells about the list: its oldest is in it, and nothing older waits. */
export function pendingFromQueue(queue: ApprovalQueue, held: readonly PendingApproval[]): Change[] {
  const oldest = queue.oldest_pending_created_at;
  if (queue.pending_count === 0 || oldest === null) {
    return held
      .filter((row) => compareTimes(row.created_at, queue.as_of) <= 0)
      .map((row) => ({ table: 'pending_approval', type: 'delete', row: { id: row.id } }));
  }
  const changes: Change[] = held
    .filter((row) => compareTimes(row.created_at, oldest) < 0)
    .map((row) => ({ table: 'pending_approval', type: 'delete', row: { id: row.id } }));
  // Undefined where its column may not be read.
  if (queue.oldest_pending_id != null) {
    const row = {
      id: queue.oldest_pending_id,
      conversation_id: queue.oldest_pending_conversation_id,
      created_at: oldest,
    };
    changes.push({ table: 'pending_approval', type: 'upsert', row });
  }
  return changes;
}

function pendingRow(payload: Record<string, unknown>): PendingApproval | null {
  if (payload.id === undefined || payload.id === null || typeof payload.created_at !== 'string') {
    return null;
  }
  const conversation = payload.conversation_id;
  return {
    id: String(payload.id),
    conversation_id: typeof conversation === 'string' ? conversation : null,
    created_at: payload.created_at,
  };
}
