/** Rows of what looks ahead and of what is proven. No model of any figure. */
import type { Base } from './past';

const SLOTS = 96;
const SLOT_MS = 900_000;
const iso = (time: number) => new Date(time).toISOString();

function slots(now: number, value: (time: number) => number, widens: number): object {
  const first = Math.floor(now / SLOT_MS) * SLOT_MS;
  const times = Array.from({ length: SLOTS }, (_, index) => first + index * SLOT_MS);
  const expected = times.map(value);
  const spread = (index: number) => widens * (0.35 + Math.sqrt((index + 1) / SLOTS));
  return {
    first_slot: iso(first), slot_seconds: 900, expected, as_of: iso(now), commit_lsn: '0/1',
    low: expected.map((each, index) => Math.max(0, each * (1 - spread(index)))),
    high: expected.map((each, index) => each * (1 + spread(index))),
  };
}

const day = (time: number) => 1 + 0.6 * Math.sin((time / 86_400_000) * 2 * Math.PI);

export function outlook(now: number, bases: ReadonlyMap<string, Base>): [table: string, rows: object[]][] {
  const agents = [...bases].filter(([, { rate }]) => rate > 0);
  const at = (each: number) => each % 3;
  return [
    ['agent_trend', agents.map(([agent, { rate, latency }], index) => ({
      agent, rate_5m: rate * 61, rate_1h: rate * 60, latency_5m_ms: latency, latency_1h_ms: latency,
      trend: (['rising', 'flat', 'falling'] as const)[at(index)], trend_change_pct: [34, 2, -18][at(index)],
      change_vs_yesterday_pct: [18, -3, -11][at(index)], change_vs_last_week_pct: index % 5 === 4 ? null : [42, 0, -24][at(index)], as_of: iso(now), commit_lsn: '0/1',
      // Some are not known for a week yet.
      ...Object.fromEntries([['5m', 300], ['1h', 3_600]].flatMap(([window, seconds]) => {
        const expected = rate * Number(seconds) * 0.95;
        const end = (away: number) => Math.round(Math.max(0, (Math.sqrt(expected + 0.375) + away) ** 2 - 0.375));
        return Object.entries({ expected: Math.round(expected), low: end(-1.8), high: end(1.8) }).map(([name, value]) => [`${name}_${window}`, index % 5 === 4 ? null : value]);
      })),
    }))],
    ['agent_headroom', agents.map(([agent, { rate, latency }], index) => ({
      agent, capacity: (rate * latency) / 1_000 * (index === 1 ? 1.4 : 2.4 + index), capacity_source: index % 2 ? 'observed' : 'set',
      headroom_pct: index === 1 ? -8 : Math.min(88, 12 + index * 9), exhausted_at: index === 1 ? iso(now + 5.25 * 3_600_000) : null,
    }))],
    ['agent_forecast', agents.flatMap(([agent, { rate, latency }], index) => [
      { agent, measure: 'query_count', basis: index % 4 === 3 ? 'yesterday' : 'two_weeks', ...slots(now, (time) => rate * 900 * day(time), 0.22) },
      { agent, measure: 'concurrency', basis: index % 4 === 3 ? 'yesterday' : 'two_weeks', ...slots(now, (time) => (rate * latency * day(time)) / 1_000, 0.3) },
    ])],
    ['all_agents_forecast', Array.from({ length: SLOTS }, (_, index) => Math.floor(now / SLOT_MS) * SLOT_MS + index * SLOT_MS).map((time) => ({
      measure: 'query_count', slot_start: iso(time), slot_seconds: 900, expected: agents.reduce((sum, [, { rate }]) => sum + rate * 900 * day(time), 0), agent_count: agents.length, as_of: iso(now),
    }))],
    ['approval_forecast', [
      { measure: 'requested', basis: 'two_weeks', minutes_to_clear: null, breaches_next_15m: null, approvers_needed: null, ...slots(now, (time) => 40 * day(time), 0.25) },
      { measure: 'pending', basis: 'level', minutes_to_clear: 38, breaches_next_15m: 3, approvers_needed: 4, ...slots(now, (time) => 9 * day(time), 0.5) },
    ]],
  ];
}

const CHECKS = [
  ['agent_queries', 'completeness', 'missing_latency', 0.4, 1], ['agent_queries', 'uniqueness', 'client_retries', 12, 50], ['agent_queries', 'validity', 'latency_over_10_minutes', 3, 1],
  ['agent_queries', 'volume', 'minutes_without_rows', 0, 1], ['agent_approvals', 'consistency', 'decided_before_created', 2, 1], ['agent_approvals', 'completeness', 'missing_approved_by', 0, 1],
  ['agent_feedback', 'consistency', 'feedback_without_query', 1, 5], ['agent_feedback', 'validity', 'rubric_outside_1_to_5', 0, 1],
] as const;

export function proof(now: number, agents: readonly string[]): [table: string, rows: object[]][] {
  return [
    ['agent_quality', agents.map((agent, index) => {
      const reviewed_n = [4, 38, 410, 1_204][index % 4] as number;
      const score = 62 + ((index * 37) % 34);
      const half = 48 / Math.sqrt(reviewed_n + 4);
      return {
        agent, quality_score: score, quality_score_adjusted: score + (80 - score) * (20 / (reviewed_n + 20)), reviewed_n,
        quality_low: Math.max(0, score - half), quality_high: Math.min(100, score + half), confidence: reviewed_n < 10 ? 'low' : reviewed_n < 100 ? 'medium' : 'high',
        change_points: index % 5 === 4 ? null : [1.2, -0.4, -7.5, 0][index % 4], as_of: iso(now), commit_lsn: '0/1',
      };
    })],
    ['data_quality_daily', CHECKS.flatMap(([source_table, dimension, check_name, value, threshold], check) =>
      Array.from({ length: 14 }, (_, back) => {
        const status = value > threshold && (back + check) % 6 === 0 ? 'failed' : value > threshold && (back + check) % 2 === 0 ? 'warning' : back === 9 && check === 1 ? 'warning' : 'ok';
        const sample = status === 'ok' ? [] : [{ id: 88_120 + back, agent: 'invoices' }];
        return { day: iso(now - back * 86_400_000).slice(0, 10), source_table, dimension, check_name, value: status === 'ok' ? 0 : value, threshold, status, sample };
      }))],
    ['audit_result', Array.from({ length: 1_204 }, (_, index) => ({
      audit_id: 2_000 - index, run_at: iso(now - 90_000 - index * 70_000), scope: 'agent_performance_history', key: `invoices 1m ${index}`, as_of: iso(now), commit_lsn: '0/1',
      figures: 5, equal: index % 301 === 300 ? null : true, first_difference: null, duration_ms: 14,
    }))],
    ['audit_today', [{ proven_figures_24h: 6_000, unequal_24h: 0, inconclusive_24h: 4, duration_ms_24h: 16_856, last_proven_at: iso(now - 90_000), last_run_at: iso(now - 90_000) }]],
    // The agent whose turn it is next was not audited yet.
    ['audit_proof', [...agents.slice(0, -1).map((subject) => ['agent_performance', subject, 36] as const), ...['approval_queue', 'approval_activity', 'training_quality'].map((table) => [table, 'all', 24] as const)].map(
      ([result_table, subject, figures], index) => ({ result_table, subject, run_at: iso(now - 90_000 - index * 1_000), as_of: iso(now - 92_000 - index * 1_000), commit_lsn: '0/1A2B3C4D', figures, equal: true, first_difference: null, duration_ms: 14 }))],
    ['audit_oracle', ['agent_performance', 'approval_queue', 'approval_activity', 'training_quality'].map((result_table) => ({ result_table, sql: `-- What did each of them do?\nSELECT * FROM public.source_of_${result_table}\n` }))],
    ['annotator_agreement', [['mira', 412, 389, 0.81], ['jonas', 208, 171, 0.52], ['ada', 96, 96, null], ['tomas', 9, 6, 0.11]].map(
      ([annotator, compared_n, agreed_n, kappa]) => ({ annotator, compared_n, agreed_n, agreement_pct: Math.round((10_000 * (agreed_n as number)) / (compared_n as number)) / 100, kappa, since: iso(now - 30 * 86_400_000), as_of: iso(now - 1_200_000) }))],
    ['data_quality_score', Array.from({ length: 14 }, (_, back) => back).flatMap((back) =>
      [['completeness', 100, 6, 0], ['validity', back % 6 === 0 ? 67 : 100, 6, back % 6 === 0 ? 2 : 0], ['uniqueness', 92, 3, 0], ['consistency', 88, 8, 0], ['freshness', 100, 3, 0], ['accuracy', 100, 2, 0], ['schema', 100, 3, 0]].map(
        ([dimension, score, checks, failed]) => ({ day: iso(now - (back + 1) * 86_400_000).slice(0, 10), dimension, score, checks, failed })))],
    ['retention_state', [['alert_record', 7_776_000, 0], ['channel_event', 86_400, 41_204], ['agent_performance_history 1m', 604_800, 17_280], ['agent_performance_history 15m', 2_592_000, 0], ['agent_performance_history 1h', 2_592_000, 0], ['agent_performance_history 1d', 7_776_000, 12], ['approval_history 1d', 0, 0]].map(
      ([relation, kept_seconds, removed_rows]) => ({ relation, kept_seconds, removed_rows, day: iso(now).slice(0, 10), runs: 4_233, first_run_at: iso(now - 40_000_000), last_run_at: iso(now - 4_000), held: null }))],
  ];
}

/** From now on retention keeps minutes that are old enough to go. */
export function holdBack(stored: Map<string, object[]>, now: number): void {
  const held = `3 longer buckets are missing, not final or not the sum of its rows, such as 1d ${iso(now - 9 * 86_400_000).slice(0, 10)} 00:00:00+00 billing`;
  const rows = stored.get('retention_state') as { relation: string }[];
  stored.set('retention_state', rows.map((row) => (row.relation === 'agent_performance_history 1m' ? { ...row, held } : row)));
}
