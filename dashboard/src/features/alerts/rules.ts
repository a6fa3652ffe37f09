import { formatDuration, formatMillis, formatPercent, formatScore, plural } from '../../lib/format';

/** What the page knows of a rule. One that it does not know is shown by its name, and its values without a unit. */
interface Rule {
  /** What it means that an alert of it is there, and what ends it. */
  meaning: string;
  value: (value: number) => string;
  /** Of an incident about no agent and no approval. */
  title?: string;
}

const times = (value: number) => `${value} ×`;

const RULES: Record<string, Rule> = {
  slow_query: {
    meaning: 'A query took longer than the limit. Info above 200 ms, warning above 300 ms, critical above 500 ms.',
    value: formatMillis,
  },
  agent_degraded: {
    meaning:
      'The average latency of the agent’s last minute passed the limit with at least three queries. Critical after five minutes; it ends when it has stayed below for ten seconds.',
    value: formatMillis,
  },
  approval_sla_breach: {
    meaning: 'The approval was still pending when its agreed time was over. Warning at ten minutes, critical at fifteen; it ends with the decision.',
    value: (seconds) => formatDuration(seconds * 1_000),
  },
  unsafe_response: {
    meaning: 'A reviewer said that the answer must not be sent. It ends when that verdict changes or the feedback is deleted.',
    value: String,
  },
  volume_anomaly: {
    meaning: 'The agent is asked far more or less often than at this time of the last two weeks. It ends when that has been usual for five minutes.',
    value: (queries) => plural(queries, 'query', 'queries'),
  },
  latency_anomaly: {
    meaning: 'The agent’s latency is far above what it was at this time of the last two weeks. It ends when it has been usual for five minutes.',
    value: formatMillis,
  },
  rate_anomaly: {
    meaning: 'Far more or fewer of the agent’s reviewed answers are rejected or edited than in the last seven days and in the hour before. It ends when that has been usual for five minutes.',
    value: (share) => formatPercent(share * 100, 0),
  },
  quality_drop: {
    meaning: 'The agent’s adjusted score fell well below what was usual in the last 30 days, by more than a few reviews can make it scatter. It ends when the score is back.',
    value: (score) => formatScore(score),
  },
  audit_mismatch: {
    title: 'A figure is wrong',
    meaning: 'A figure in a result table is not what plain SQL says over the source table; the lines below show both. It ends when the audit finds them equal.',
    value: String,
  },
  data_quality: {
    title: 'A day of the source data has failed a check',
    meaning: 'Values of the day are missing, invalid, doubled or contradictory beyond the threshold; the view of data has the checks.',
    value: String,
  },
  pipeline: {
    title: 'The pipeline wants a look',
    meaning: 'Something that the job reads from or writes to is not as it must be; the lines below say what.',
    value: String,
  },
  pipeline_stale: {
    title: 'The results are old',
    meaning: 'The results were older than the limit, end to end. It ends with a tick that is young enough.',
    value: (seconds) => formatDuration(seconds * 1_000),
  },
  pipeline_gateway_pool: {
    title: 'Reads queue at the gateway',
    meaning: 'For seconds, at least twice as many reads were on their way as the gateway has connections to the database.',
    value: times,
  },
  pipeline_gateway_viewers: {
    title: 'The gateway is nearly full',
    meaning: 'More than the given share of the viewers that may connect is connected. At 100 % nobody else is let in.',
    value: (share) => formatPercent(share * 100, 0),
  },
};

export function ruleTitle(rule: string): string {
  return RULES[rule]?.title ?? rule.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase());
}

export function ruleMeaning(rule: string): string {
  return RULES[rule]?.meaning ?? 'A rule of your own.';
}

/** A value of a rule in its unit. */
export function ruleValue(rule: string, value: number): string {
  return (RULES[rule]?.value ?? String)(value);
}
