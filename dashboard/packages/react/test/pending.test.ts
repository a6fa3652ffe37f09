import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PendingFromEvents, pendingFromAlert, pendingFromQueue } from '../src/pending';
import type { Alert, ApprovalQueue, ChannelEvent } from '../src/rows';
import { readError } from '../src/snapshot';
import { Store } from '../src/store';

const CREATED = '2026-01-01T00:00:00Z';

function asked(seq: number, id: number): ChannelEvent {
  return message(seq, { event: 'new_approval', id, conversation_id: `c-${id}`, status: 'pending', created_at: CREATED });
}

function changed(seq: number, id: number, status: string): ChannelEvent {
  return message(seq, { event: 'status_change', id, conversation_id: `c-${id}`, new_status: status, created_at: CREATED });
}

function message(seq: number, payload: ChannelEvent['payload']): ChannelEvent {
  return { seq, channel: 'approval_queue_stream', payload, event_time: CREATED, written_at: CREATED };
}

test('what is asked waits until it is decided, whether its id is a number or a text', () => {
  const store = new Store();
  const pending = new PendingFromEvents();
  store.apply(pending.fromEvents([asked(1, 7), asked(2, 8), changed(3, 7, 'approved')]));
  expect(store.list('pending_approval')).toEqual([{ id: '8', conversation_id: 'c-8', created_at: CREATED }]);
});

test('two roads that bring the same messages in any interleaving end in the same list', () => {
  const events = [asked(1, 1), asked(2, 2), changed(3, 1, 'approved'), changed(4, 1, 'pending'), changed(5, 2, 'rejected'), asked(6, 3)];
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(events.length - 1), { maxLength: 6 }), { maxLength: 6 }), (batches) => {
      const store = new Store();
      const pending = new PendingFromEvents();
      for (const batch of batches) {
        store.apply(pending.fromEvents(batch.map((index) => events[index] as ChannelEvent)));
      }
      store.apply(pending.fromEvents(events));
      expect(store.list('pending_approval').map((row) => row.id).sort()).toEqual(['1', '3']);
    }),
  );
});

const BREACH: Alert = {
  alert_id: 'x', rule: 'approval_sla_breach', subject: '9', severity: 'info', status: 'open', value: 300, threshold: 300,
  conversation_id: 'c-9', details: { created_at: CREATED }, opened_at: CREATED, resolved_at: null, detected_at: CREATED,
  acknowledged_by: null, acknowledged_at: null,
};

test('an open breach is an approval that waits, also where its message is long gone', () => {
  expect(pendingFromAlert(BREACH)).toEqual([{ table: 'pending_approval', type: 'upsert', row: { id: '9', conversation_id: 'c-9', created_at: CREATED } }]);
  expect(pendingFromAlert({ ...BREACH, status: 'resolved' })).toEqual([{ table: 'pending_approval', type: 'delete', row: { id: '9' } }]);
  expect(pendingFromAlert({ ...BREACH, rule: 'slow_query' })).toEqual([]);
});

test('what is older than the oldest that waits does not wait any more, though no message said so', () => {
  const queue = { pending_count: 1, oldest_pending_id: '2', oldest_pending_conversation_id: 'c-2', oldest_pending_created_at: '2026-01-01T00:01:00Z', as_of: '2026-01-01T00:02:00Z' } as ApprovalQueue;
  const held = [{ id: '1', conversation_id: 'c-1', created_at: CREATED }];
  expect(pendingFromQueue(queue, held)).toEqual([
    { table: 'pending_approval', type: 'delete', row: { id: '1' } },
    { table: 'pending_approval', type: 'upsert', row: { id: '2', conversation_id: 'c-2', created_at: '2026-01-01T00:01:00Z' } },
  ]);
  const empty = { ...queue, pending_count: 0, oldest_pending_id: null, oldest_pending_created_at: null };
  expect(pendingFromQueue(empty, held)).toEqual([{ table: 'pending_approval', type: 'delete', row: { id: '1' } }]);
});

test('a queue that names no conversation adds none', () => {
  const counts = { pending_count: 3, oldest_pending_created_at: CREATED, as_of: '2026-01-01T00:02:00Z' } as ApprovalQueue;
  expect(pendingFromQueue(counts, [])).toEqual([]);
});

test.each([
  [401, '', 'denied'],
  [403, '42501', 'denied'],
  [401, 'PGRST301', 'denied'],
  [503, 'PGRST001', 'database'],
  [500, '57P01', 'database'],
  [503, '', 'database'],
  [404, 'PGRST205', 'missing'],
  [406, 'PGRST106', 'missing'],
  [404, '42P01', 'missing'],
  [0, '', 'gateway'],
  [502, '', 'gateway'],
])('an answer %s %s is the outage %s', (status, code, outage) => {
  expect(readError({ code, message: 'm' }, status).outage).toBe(outage);
});
