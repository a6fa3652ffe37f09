import { useCallback, useState } from 'react';
import { useSelect, type Store } from '@agentpulse/react';
import { Icon } from '../components/Icon';
import { useConfig } from '../config/context';
import { useUrl } from '../lib/url';

/** What to say to a newcomer about what the page shows now; the first that fits. */
export function demoHint(store: Store): { key: string; text: string } {
  const open = store.list('alert').filter((alert) => alert.status !== 'resolved');
  const unsafe = open.find((alert) => alert.rule === 'unsafe_response');
  const slow = open.find((alert) => alert.rule === 'agent_degraded');
  const queue = store.row('approval_queue', 'all');
  if (unsafe) {
    return { key: unsafe.alert_id, text: 'A reviewer said that an answer must not be sent. It is critical at once; acknowledge it to take it on.' };
  }
  if (slow) {
    return { key: slow.alert_id, text: `${slow.subject} slowed down: its last minute averages more than 200 ms. Open its row to see the line climb. It recovers by itself soon.` };
  }
  if (queue && queue.sla_breach_count > 0) {
    return { key: 'sla', text: 'Approvals pile up: some have waited longer than the agreed time. The countdowns in the queue turned to “over”.' };
  }
  if (queue && queue.pending_5m_to_15m === 0 && queue.pending_1m_to_5m > 4) {
    return { key: 'pile', text: 'Approvals come in faster than people decide. Watch the queue: the oldest runs towards the agreed time.' };
  }
  return { key: 'calm', text: 'All is well. Every figure here is at most a second behind the database; click one to see the SQL that proves it.' };
}

/** Only in the demonstration, and only with ?demo in the address. */
export function DemoHints() {
  const { demo } = useConfig();
  const wanted = useUrl('demo');
  const select = useCallback((store: Store) => demoHint(store), []);
  const hint = useSelect(['alert', 'approval_queue'], select);
  const [closed, setClosed] = useState<string | null>(null);
  if (!demo || wanted === null || closed === hint.key) {
    return null;
  }
  return (
    <aside className="demo-hint" aria-label="Demo">
      <span className="demo-tag">Demo</span>
      <p key={hint.key}>{hint.text}</p>
      <button type="button" className="icon-button" aria-label="Dismiss the hint" onClick={() => setClosed(hint.key)}>
        <Icon name="close" />
      </button>
    </aside>
  );
}
