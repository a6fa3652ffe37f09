import { bucketsOf, spanKey, type HistorySpan } from './history';
import { rowsOf, usePolled, type Answer } from './polled';
import type { Alert } from './rows';

/** An incident of an agent, from its opening to its end. */
export type IncidentSpan = Pick<Alert, 'alert_id' | 'subject' | 'opened_at' | 'resolved_at'>;

/** As often as history is read. */
const READ_EVERY_MS = 30_000;
/** PostgREST never sends more rows at once, unless configured otherwise at Supabase. */
const PAGE = 1_000;
const MOST_PAGES = 5;

/**
 * When an agent was degraded within a span of history, or any agent (null), newest first. The store holds only the newest
 * resolved alerts of all rules: what lies days back is not among them.
 */
export function useIncidentSpans(agent: string | null, span: HistorySpan): Answer<readonly IncidentSpan[]> {
  return usePolled(
    `incident_spans ${spanKey(span)} ${agent ?? ''}`,
    async ({ client, signal, now }) => {
      const { from, to } = bucketsOf(span, now);
      const spans: IncidentSpan[] = [];
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const all = client.from('alert').select('alert_id,subject,opened_at,resolved_at').eq('rule', 'agent_degraded');
        const within = (agent === null ? all : all.eq('subject', agent)).lt('opened_at', new Date(to).toISOString()).or(`resolved_at.is.null,resolved_at.gte."${new Date(from).toISOString()}"`);
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
