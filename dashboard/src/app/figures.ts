/** What each figure means, and the SQL that proves it; $1 and on are filled in with the row's own values. */
export interface FigureText {
  title: string;
  table: 'agent_performance' | 'approval_activity' | 'approval_queue' | 'training_quality' | 'pipeline_status' | 'total';
  definition: string;
  /** The column whose count says how many rows the figure is made of. */
  rows?: string[];
  sql?: string;
}

const QUERIES = `FROM public.agent_queries
WHERE agent = :agent
  AND created_at > :from
  AND created_at <= :to
  AND (latency_ms IS NULL OR latency_ms >= 0);`;
const DECIDED = `FROM public.agent_approvals
WHERE status IN ('approved', 'rejected', 'expired')
  AND updated_at > :from
  AND updated_at <= :to;`;
const FEEDBACK = `FROM public.agent_feedback
WHERE created_at > :from
  AND created_at <= :to;`;
const PENDING = `SELECT count(*)
FROM public.agent_approvals
WHERE status = 'pending'
  AND created_at <= :to`;
const RESOLUTION = 'extract(epoch FROM updated_at - created_at)';

/** Of those that wait: created so long before, up to and without; unbounded where there is none. */
function waiting(from: string | null, to: string | null): string {
  const before = (age: string) => `:to::timestamptz - interval '${age}'`;
  return `${PENDING}${from === null ? '' : `\n  AND created_at <= ${before(from)}`}${to === null ? '' : `\n  AND created_at > ${before(to)}`};`;
}

/** What is noted of each source table. */
function noted(name: string): string {
  return `SELECT component, details -> :source -> '${name}'\nFROM agentpulse.pipeline_status;`;
}

function percentile(share: string, of: string): string {
  return `percentile_disc(${share}) WITHIN GROUP (ORDER BY ${of})`;
}

export const FIGURES: Record<string, FigureText> = {
  query_count: { title: 'Queries', table: 'agent_performance', definition: 'Queries whose created_at lies in the window.', rows: ['query_count'], sql: `SELECT count(*)\n${QUERIES}` },
  avg_latency_ms: { title: 'Average latency', table: 'agent_performance', definition: 'Average of the known latencies. Above 100 ms an agent is slow, above 200 ms degraded, over one minute.', rows: ['query_count'], sql: `SELECT round(avg(latency_ms), 2)\n${QUERIES}` },
  p50_latency_ms: { title: 'Median latency (p50)', table: 'agent_performance', definition: 'Half of the queries took at most this long. Exact up to 10 s, at most 1 % above beyond.', rows: ['query_count'], sql: `SELECT ${percentile('0.50', 'latency_ms')}\n${QUERIES}` },
  p95_latency_ms: { title: '95th percentile of the latency', table: 'agent_performance', definition: '95 of 100 queries took at most this long. Exact up to 10 s, at most 1 % above beyond.', rows: ['query_count'], sql: `SELECT ${percentile('0.95', 'latency_ms')}\n${QUERIES}` },
  p99_latency_ms: { title: '99th percentile of the latency', table: 'agent_performance', definition: '99 of 100 queries took at most this long. Exact up to 10 s, at most 1 % above beyond.', rows: ['query_count'], sql: `SELECT ${percentile('0.99', 'latency_ms')}\n${QUERIES}` },
  max_latency_ms: { title: 'Largest latency', table: 'agent_performance', definition: 'The slowest query of the window.', rows: ['query_count'], sql: `SELECT max(latency_ms)\n${QUERIES}` },
  slow_query_count: { title: 'Slow queries', table: 'agent_performance', definition: 'Queries that took more than 200 ms.', rows: ['query_count'], sql: `SELECT count(*) FILTER (WHERE latency_ms > 200)\n${QUERIES}` },
  approval_rate_pct: { title: 'Approved', table: 'agent_performance', definition: 'Approved of the reviewed answers. An answer that nobody has reviewed counts for neither side.', rows: ['approved_count', 'rejected_count'], sql: `SELECT round(100.0 * count(*) FILTER (WHERE approved) / nullif(count(approved), 0), 2)\n${QUERIES}` },
  human_edit_rate_pct: { title: 'Edited by people', table: 'agent_performance', definition: 'Queries whose answer a person edited, of all queries.', rows: ['query_count'], sql: `SELECT round(100.0 * count(*) FILTER (WHERE human_edited) / nullif(count(*), 0), 2)\n${QUERIES}` },
  quality_score: { title: 'Quality score', table: 'agent_performance', definition: '0.5 × approval rate + 0.3 × (100 − edit rate) + 0.2 × max(0, 100 − average latency / 10). It needs all three: without one it is N/A.', rows: ['query_count'], sql: `SELECT round(0.5 * 100 * count(*) FILTER (WHERE approved) / nullif(count(approved), 0)\n    + 0.3 * (100 - 100.0 * count(*) FILTER (WHERE human_edited) / nullif(count(*), 0))\n    + 0.2 * greatest(0, 100 - avg(latency_ms) / 10), 2)\n${QUERIES}` },
  sla_compliance_pct: { title: 'Decided in time', table: 'approval_activity', definition: 'Of the approvals that were decided in the window, those decided within the agreed five minutes.', rows: ['decided_count'], sql: `SELECT round(100.0 * count(*) FILTER (WHERE ${RESOLUTION} <= 300) / nullif(count(*), 0), 2)\n${DECIDED}` },
  p50_resolution_seconds: { title: 'Median time to a decision', table: 'approval_activity', definition: 'Half of the decisions of the window came within this time. Exact up to one hour, at most 1 % above beyond.', rows: ['decided_count'], sql: `SELECT round(${percentile('0.50', RESOLUTION)}, 2)\n${DECIDED}` },
  decided_count: { title: 'Decided', table: 'approval_activity', definition: 'Approved, rejected or expired: rows that have that status now and whose updated_at lies in the window.', rows: ['decided_count'], sql: `SELECT count(*)\n${DECIDED}` },
  pending_count: { title: 'Waiting for approval', table: 'approval_queue', definition: 'Approvals that are pending now and were created up to the time the figures are complete.', rows: ['pending_count'], sql: waiting(null, null) },
  pending_under_1m: { title: 'Waiting for less than a minute', table: 'approval_queue', definition: 'Of the approvals that are pending now, those that are younger than 60 seconds.', rows: ['pending_count'], sql: waiting(null, '1 minute') },
  pending_1m_to_5m: { title: 'Waiting for one to five minutes', table: 'approval_queue', definition: 'Of the approvals that are pending now, those whose age is from 60 seconds to below five minutes.', rows: ['pending_count'], sql: waiting('1 minute', '5 minutes') },
  pending_5m_to_15m: { title: 'Waiting for five to 15 minutes', table: 'approval_queue', definition: 'Of the approvals that are pending now, those whose age is from five to below 15 minutes.', rows: ['pending_count'], sql: waiting('5 minutes', '15 minutes') },
  pending_over_15m: { title: 'Waiting for 15 minutes or longer', table: 'approval_queue', definition: 'Of the approvals that are pending now, those whose age is 15 minutes or more.', rows: ['pending_count'], sql: waiting('15 minutes', null) },
  unsafe_rate_pct: { title: 'Unsafe answers', table: 'training_quality', definition: 'Feedback that says not safe to send, of the feedback with a verdict.', rows: ['safe_count', 'unsafe_count'], sql: `SELECT round(100.0 * count(*) FILTER (WHERE NOT safe_to_send) / nullif(count(safe_to_send), 0), 2)\n${FEEDBACK}` },
  safe_count: { title: 'Safe answers', table: 'training_quality', definition: 'Feedback that says safe to send.', rows: ['feedback_count'], sql: `SELECT count(*) FILTER (WHERE safe_to_send)\n${FEEDBACK}` },
  unsafe_count: { title: 'Unsafe answers', table: 'training_quality', definition: 'Feedback that says not safe to send.', rows: ['feedback_count'], sql: `SELECT count(*) FILTER (WHERE NOT safe_to_send)\n${FEEDBACK}` },
  unreviewed_count: { title: 'Not reviewed', table: 'training_quality', definition: 'Feedback without a verdict: it counts for neither side of the unsafe share.', rows: ['feedback_count'], sql: `SELECT count(*) FILTER (WHERE safe_to_send IS NULL)\n${FEEDBACK}` },
  feedback_count: { title: 'Feedback', table: 'training_quality', definition: 'Feedback whose created_at lies in the window.', rows: ['feedback_count'], sql: `SELECT count(*)\n${FEEDBACK}` },
  avg_clarity: { title: 'Clarity', table: 'training_quality', definition: 'Average of the clarity scores given, 1 to 5.', rows: ['feedback_count'], sql: `SELECT round(avg((rubric ->> 'clarity')::numeric), 2)\n${FEEDBACK}` },
  avg_accuracy: { title: 'Accuracy', table: 'training_quality', definition: 'Average of the accuracy scores given, 1 to 5.', rows: ['feedback_count'], sql: `SELECT round(avg((rubric ->> 'accuracy')::numeric), 2)\n${FEEDBACK}` },
  avg_tone: { title: 'Tone', table: 'training_quality', definition: 'Average of the tone scores given, 1 to 5.', rows: ['feedback_count'], sql: `SELECT round(avg((rubric ->> 'tone')::numeric), 2)\n${FEEDBACK}` },
  total_queries: { title: 'Queries of all agents', table: 'total', definition: 'The sum of the agents’ queries over their last minute. Agents whose figures did not change keep an older window.', sql: `SELECT sum(query_count)\nFROM agentpulse.agent_performance\nWHERE window_name = '1m';` },
  total_latency: { title: 'Average latency of all agents', table: 'total', definition: 'The agents’ averages over their last minute, each weighed by its queries.', sql: `SELECT round(sum(avg_latency_ms * query_count) / nullif(sum(query_count) FILTER (WHERE avg_latency_ms IS NOT NULL), 0), 1)\nFROM agentpulse.agent_performance\nWHERE window_name = '1m';` },
  freshness: { title: 'Age of the data', table: 'pipeline_status', definition: 'The database’s time now, less the time up to which everything committed is in the figures. Amber from 2 s, red from 10 s.', sql: `SELECT clock_timestamp() - min(as_of)\nFROM agentpulse.pipeline_status;` },
  changes_read: { title: 'Changes read', table: 'pipeline_status', definition: 'Inserts, updates and deletes of the three source tables that were read so far.', sql: `SELECT component, changes_read, details\nFROM agentpulse.pipeline_status;` },
  changes_rejected: { title: 'Changes that no figure could use', table: 'pipeline_status', definition: 'A missing agent or time, a negative latency, an unknown status, a rubric that is not numbers. Each is in the ledger with its reason.', sql: `SELECT reason, count(*)\nFROM agentpulse.rejected_change\nGROUP BY reason\nORDER BY 2 DESC;` },
  source_read: { title: 'Changes read', table: 'pipeline_status', definition: 'Inserts, updates and deletes of this source table that were read so far.', sql: noted('read') },
  source_late: { title: 'Late changes', table: 'pipeline_status', definition: 'Inserts whose time lies more than a second before the time that the log had reached. They are counted where they belong.', sql: noted('late') },
  source_rejected: { title: 'Changes that no figure could use', table: 'pipeline_status', definition: 'Of this source table. Each is in the ledger with its reason.', sql: `SELECT reason, count(*)\nFROM agentpulse.rejected_change\nWHERE source_table = :source\nGROUP BY reason\nORDER BY 2 DESC;` },
  source_replayed: { title: 'Changes read again', table: 'pipeline_status', definition: 'Changes of this source table that were skipped after a restart, because the results held them already.', sql: noted('replayed') },
};

export function fillSql(sql: string, values: Record<string, string | undefined>): string {
  return sql.replaceAll(/(?<!:):(agent|from|to|source)\b/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : `'${value.replaceAll("'", "''")}'`;
  });
}
