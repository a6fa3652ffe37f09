import { bucketsOf, spanKey, type HistorySpan } from './history';
import { rowsOf, usePolled, type Answer } from './polled';
import type { Alert } from './rows';

/** An incident, from its opening to its end. */
export type IncidentSpan = Pick<Alert, 'alert_id' | 'rule' | 'subject' | 'opened_at' | 'resolved_at'>;

/** As often as history is read. */
const READ_EVERY_MS = 30_000;
/** PostgREST never sends more rows at once, unless configured otherwise at Supabase. */
const PAGE = 1_000;
const MOST_PAGES = 5;
const DEGRADED = ['agent_degraded'];

/**
 * When there was an incident of some rules within a span of history, newest first: of one subject (an agent, or of a rule about
 * approvals an approval) or of any (null). The store holds only the newest resolved alerts of all rules: what lies days back is
 * not among them. Rules about agents, or the one about approvals, are found by an index; others are looked for among all alerts.
 */
export function useIncidentSpans(subject: string | null, span: HistorySpan, rules: readonly string[] = DEGRADED): Answer<readonly IncidentSpan[]> {
  return usePolled(
    `incident_spans ${rules.join()} ${spanKey(span)} ${subject ?? ''}`,
    async ({ client, signal, now }) => {
      const { from, to } = bucketsOf(span, now);
      const spans: IncidentSpan[] = [];
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const all = client.from('alert').select('alert_id,rule,subject,opened_at,resolved_at').in('rule', rules);
        const within = (subject === null ? all : all.eq('subject', subject)).lt('opened_at', new Date(to).toISOString()).or(`resolved_at.is.null,resolved_at.gte."${new Date(from).toISOString()}"`);
        const newest = within.order('opened_at', { ascending: false }).order('alert_id');
        const read = await rowsOf<IncidentSpan>(newest.range(page * PAGE, (page + 1) * PAGE - 1).abortSignal(signal));
        spans.push(...read);
        if (read.length < PAGE) {
          break;
        }
      }
      return spans;
    },
    READ_EVERY_MS,
  );
}
