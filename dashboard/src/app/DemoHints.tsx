import { useCallback, useState } from 'react';
import { useSelect, type Store } from '@agentpulse/react';
import { Icon } from '../components/Icon';
import { useConfig } from '../config/context';
import { useUrl } from '../lib/url';

interface Hint {
  key: string;
  text: string;
}

/** What ended so short a while ago is still worth a word. */
const JUST_MS = 20_000;
const PILE = 12;
const FORGOTTEN = 'An approval was overlooked and is over the agreed five minutes; its decision closes the incident.';

/** What to say to a newcomer about what the page shows now: what happened last comes first. */
export function demoHint(store: Store): Hint {
  const alerts = store.list('alert');
  const asOf = Math.max(0, ...store.list('pipeline_status').map((row) => Date.parse(row.as_of)));
  const queue = store.row('approval_queue', 'all');
  const minute = store.row('approval_activity', '1m');
  const late = queue?.sla_breach_count ?? 0;
  const hints: (Hint & { since: number })[] = [];
  const nobodyDecides = minute !== undefined && 2 * minute.decided_count < minute.requested_count;
  for (const alert of alerts) {
    const add = (text: string, since: string) => hints.push({ key: text, text, since: Date.parse(since) });
    const open = alert.status !== 'resolved';
    const settled = alert.resolved_at !== null && asOf - Date.parse(alert.resolved_at) < JUST_MS ? alert.resolved_at : null;
    if (alert.rule === 'unsafe_response' && open) {
      add('A reviewer found an unsafe answer: critical at once. Acknowledge it to take it on.', alert.opened_at);
    } else if (alert.rule === 'agent_degraded' && open) {
      add(`${alert.subject} slowed down: its last minute averages over 200 ms. Open its row to see the line climb.`, alert.opened_at);
    } else if (alert.rule === 'agent_degraded' && settled !== null) {
      add(`${alert.subject} has recovered: below the limit for ten seconds, so its incident closed by itself.`, settled);
    } else if (alert.rule === 'approval_sla_breach' && open) {
      add(nobodyDecides ? 'Nobody decides: the oldest approvals are over the agreed five minutes, their countdowns say “over”.' : FORGOTTEN, alert.opened_at);
    } else if (alert.rule === 'approval_sla_breach' && settled !== null) {
      add(late > 0 ? FORGOTTEN : 'The approvers are back: the queue drains, and each decision closes its late approval.', settled);
    }
  }
  const last = hints.sort((a, b) => b.since - a.since)[0];
  if (last) {
    return last;
  }
  if (queue && queue.pending_1m_to_5m > PILE && nobodyDecides) {
    return { key: 'pile', text: 'Approvals pile up. Watch the oldest run towards the agreed five minutes.' };
  }
  return { key: 'calm', text: 'All is well. Figures follow the database within about a second; click one for the SQL that proves it.' };
}

/** Only in the demonstration, and only with ?demo in the address. */
export function DemoHints() {
  const { demo } = useConfig();
  const wanted = useUrl('demo');
  const select = useCallback((store: Store) => demoHint(store), []);
  const hint = useSelect(['alert', 'approval_activity', 'approval_queue', 'pipeline_status'], select);
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
