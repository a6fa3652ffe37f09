import type { AnnotatorAgreement, DataQualityScore, FigureProof, HistoryPoints } from '@agentpulse/react';
import { describe, expect, test } from 'vitest';
import { agreementWord, leastAgreementFirst } from '../../src/features/proof/Agreement';
import { oracleOf, proofWords } from '../../src/features/proof/FigureProof';
import { heldWords } from '../../src/features/proof/held';
import { newestScores } from '../../src/features/proof/Scores';
import { figuresOf, linesBefore } from '../../src/lib/ranges';

const proof = (subject: string, equal = true): FigureProof => ({
  result_table: 'agent_performance', subject, run_at: '2026-11-26T13:00:00Z', as_of: '2026-11-26T12:59:58Z', commit_lsn: '0/1A', figures: 36, equal, first_difference: equal ? null : { rows: 1 }, duration_ms: 14,
});
const ready = (...value: FigureProof[]) => ({ state: 'ready' as const, value });

describe('the last proof of a figure', () => {
  test('says when, of what, at which position and how long it took', () => {
    const { tone, lines } = proofWords(ready(proof('sales')), ['sales'], true, 'UTC');
    expect(tone).toBe('good');
    expect(Object.fromEntries(lines)).toMatchObject({ When: '26 Nov, 13:00:00', Figures: '36, all windows of sales', 'Results as of': '26 Nov, 12:59:58', 'Log position': '0/1A' });
  });

  test('is of that figure: of another agent says nothing', () => {
    expect(proofWords(ready(proof('sales')), ['support'], true, 'UTC')).toMatchObject({ tone: 'none', text: 'This figure was not audited yet.', lines: [] });
  });

  test('of a sum is good only when each part is proven, and bad when one is wrong', () => {
    expect(proofWords(ready(proof('a'), proof('b')), ['a', 'b'], false, 'UTC')).toMatchObject({ tone: 'good', text: 'Each of the 2 agents that it sums up was equal to plain SQL.' });
    expect(proofWords(ready(proof('a'), proof('gone')), ['a', 'b'], false, 'UTC')).toMatchObject({ tone: 'none', text: '1 of the 2 agents that it sums up were equal to plain SQL, 1 not audited yet.' });
    expect(proofWords(ready(proof('a'), proof('b', false)), ['a', 'b'], false, 'UTC')).toMatchObject({ tone: 'bad', difference: { rows: 1 } });
  });

  test.each(['reading', 'missing'] as const)('while it is %s nothing is claimed', (state) => {
    expect(proofWords({ state }, ['a'], true, 'UTC')).toMatchObject({ tone: 'none', lines: [] });
  });

  test('names the row in the SQL, and its values stay values', () => {
    expect(oracleOf('SELECT 1\n', { agent: "o'neil", window_name: '1m' })).toBe("SELECT * FROM (\nSELECT 1\n) AS proof\nWHERE agent = 'o''neil' AND window_name = '1m';");
  });
});

test('who agrees least comes first; of whom little is known, last', () => {
  const row = (annotator: string, kappa: number | null, compared_n: number): AnnotatorAgreement => ({ annotator, kappa, compared_n, agreed_n: 0, agreement_pct: 0, since: '', as_of: '' });
  const rows = leastAgreementFirst([row('a', 0.8, 50), row('b', null, 50), row('c', 0.1, 50), row('d', -0.2, 3)]);
  expect(rows.map((each) => `${each.annotator} ${agreementWord(each)}`)).toEqual(['c little', 'a good', 'd few pairs', 'b always the same']);
});

test('scores are those of the newest day, each with its days', () => {
  const row = (day: string, dimension: string, score: number): DataQualityScore => ({ day, dimension, score, checks: 2, failed: 0 });
  const scores = newestScores([row('2026-11-25', 'validity', 80), row('2026-11-26', 'validity', 90), row('2026-11-26', 'accuracy', 100), row('2026-11-24', 'freshness', 1)]);
  expect(scores.map(({ newest, days }) => [newest.dimension, newest.score, days.map(({ score }) => score)])).toEqual([
    ['accuracy', 100, [100]],
    ['validity', 90, [80, 90]],
  ]);
});

describe('rows that are kept although they are old enough', () => {
  const reason = (bucket: string) => `3 longer buckets are missing, not final or not the sum of its rows, such as ${bucket}`;

  test('have the SQL that compares the day that is named, and the one that gives it up, with values that stay values', () => {
    const { todo, sql } = heldWords({ relation: 'agent_performance_history 1m', held: reason("1h 2026-11-19 21:00:00+00 o'neil of sales") });
    expect(todo).toContain('put right what differs');
    expect(sql).toContain("sum(query_count)\nFROM agentpulse.agent_performance_history\nWHERE agent = 'o''neil of sales' AND bucket_start >= '2026-11-19Z' AND bucket_start < '2026-11-20Z'");
    expect(sql).toContain("SET complete_from = '2026-11-20Z'\nWHERE history_table = 'agent_performance_history' AND bucket = '1m' AND complete_from < '2026-11-20Z'");
  });

  test('are of a day of UTC, in whatever zone the job named it', () => {
    expect(heldWords({ relation: 'approval_history 15m', held: reason('1h 2026-11-20 01:00:00+05:45 all') }).sql).toContain("WHERE queue = 'all' AND bucket_start >= '2026-11-19Z'");
  });

  test('have none where nothing is named, and nothing to put right where they could not be compared', () => {
    expect(heldWords({ relation: 'agent_performance_history 1m', held: 'something else' })).toEqual({ todo: expect.stringContaining('put right'), sql: null });
    expect(heldWords({ relation: 'agent_performance_history 1m', held: 'longer buckets cannot be compared: the job ends' })).toEqual({ todo: expect.stringContaining('Nothing is known to be wrong'), sql: null });
  });
});

test('yesterday is dashed, last week dotted, each with its name', () => {
  const row = (n: number) => ({ bucket_start: '', final: true, n });
  const points: HistoryPoints<ReturnType<typeof row>> = { times: [0], ended: false, rows: [row(1)], before: [{ shiftMs: 1, rows: [row(2)] }, { shiftMs: 7, rows: [null] }], completeFrom: 0, filling: null };
  const lines = linesBefore('24h', points, { label: 'p95 ', color: '--c1' }, (rows) => figuresOf(rows, ({ n }) => n));
  expect(lines.map(({ label, values }) => [label, values])).toEqual([
    ['p95 a day before', [2]],
    ['p95 a week before', [null]],
  ]);
  expect(lines[0]?.dash).not.toEqual(lines[1]?.dash);
});
