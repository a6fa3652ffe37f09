import type { Kept } from '@agentpulse/react';

export interface Held {
  todo: string;
  /** What to run, where the reason names a bucket. */
  sql: string | null;
}

/** Of each history its key, and a count that adds up. */
const PARTS: Record<string, [key: string, count: string]> = {
  agent_performance_history: ['agent', 'query_count'],
  approval_history: ['queue', 'requested_count'],
  training_history: ['dataset', 'feedback_count'],
};

/** The bucket that a reason names: "… such as 1d 2026-11-19 00:00:00+00 sales". */
const NAMED = /such as (?:15m|1h|1d) (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)([+-]\d\d)(:\d\d)? (.+)$/;

const DAY_MS = 86_400_000;

/** What to do about rows that are kept although they are old enough to go. */
export function heldWords({ relation, held }: Pick<Kept, 'relation' | 'held'>): Held {
  if (held?.startsWith('longer buckets cannot be compared')) {
    return { todo: 'Nothing is known to be wrong with the rows: the comparison itself failed. It is made again within an hour; should it fail again, the reason is what to mend.', sql: null };
  }
  const [, day, time, offset, minutes = ':00', subject] = NAMED.exec(held ?? '') ?? [];
  const [table = '', bucket = ''] = relation.split(' ');
  const [key, count] = PARTS[table] ?? [];
  const todo =
    'Short buckets go only when the longer ones that stay hold their sums. Compare them and put right what differs: within an hour the rows go by themselves. Or give the day up as it is; the next run removes it then.';
  if (subject === undefined || key === undefined) {
    return { todo, sql: null };
  }
  const from = Date.parse(`${day}T${time}${offset}${minutes}`);
  const date = (at: number) => `'${new Date(at).toISOString().slice(0, 10)}Z'`;
  const until = date(from + DAY_MS);
  const sql = `-- What each length says of it.
SELECT bucket, count(*), bool_and(final) AS final, sum(${count})
FROM agentpulse.${table}
WHERE ${key} = '${subject.replaceAll("'", "''")}' AND bucket_start >= ${date(from)} AND bucket_start < ${until}
GROUP BY bucket;

-- To give the day up as it is:
UPDATE agentpulse.history_reach SET complete_from = ${until}
WHERE history_table = '${table}' AND bucket = '${bucket}' AND complete_from < ${until};`;
  return { todo, sql };
}
