import type { Alert, AgentHealth, ChannelEvent, Tables } from '@agentpulse/react';
import { outlook, proof } from './outlook';
import { agentHistory, allAgentsHistory, approvalHistory, trainingHistory } from './past';

type ResultTable = Exclude<keyof Tables, 'pending_approval'>;
export type Listener = (table: ResultTable, type: 'INSERT' | 'UPDATE' | 'DELETE', row: object) => void;

/** A small generator with a seed, so that every run shows the same figures. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const NAMES = [
  'billing', 'claims', 'concierge', 'contracts', 'escalation', 'faq', 'fraud-review', 'invoices', 'onboarding',
  'order-status', 'pricing', 'refunds', 'renewals', 'returns', 'routing', 'sales-assist', 'scheduling', 'search',
  'shipping', 'summaries', 'support-de', 'support-en', 'support-fr', 'support-jp', 'translations', 'triage', 'upsell',
  'verification', 'warranty', 'welcome',
];
const QUESTIONS = [
  'Where is my order 48213?', 'Can I change the delivery address after checkout?', 'The invoice shows the wrong VAT id',
  'How do I cancel my plan before it renews?', 'My card was charged twice yesterday', 'Which plan includes SSO?',
  'Please translate the contract into French', 'Is the warranty valid outside the EU?', 'Reset my two-factor device',
  'What is the status of claim 90-1182?',
];
const WINDOWS = { '1m': 60, '5m': 300, '15m': 900, '1h': 3_600 } as const;
const SLA_SECONDS = 300;

export interface WorldOptions {
  agents?: number;
  /** degraded agents, slow ones, and ones that are asked nothing */
  degraded?: number;
  warning?: number;
  idle?: number;
  /** ages in seconds of the approvals that wait */
  pending?: number[];
  unsafe?: number;
  /** at the end of each agent's name */
  suffix?: string;
  seed?: number;
  /** the database's time when the world begins */
  now?: number;
  /** how many seconds of the database's clock pass in one of ours */
  speed?: number;
  empty?: boolean;
  /** the job still reads what was committed before its restart */
  backlog?: boolean;
}

/** Result tables that move as the job would move them, near enough to look at. Not a model of any figure. */
export class World {
  readonly tables = new Map<ResultTable, Map<string, object>>();
  readonly approvals = new Map<string, { id: number; conversation_id: string; created: number }>();
  private readonly listeners = new Set<Listener>();
  private readonly next: () => number;
  private readonly base = new Map<string, { rate: number; latency: number; approval: number; edit: number }>();
  private readonly started = Date.now();
  private epoch: number;
  private tick = 41_200;
  private seq = 5_000;
  private ids = 88_000;
  private read = 1_284_113;
  agents: string[] = [];
  /** Rows of tables that are read and not followed; a table that is not here is not there. */
  readonly stored = new Map<string, object[]>([['incident_note', []]]);
  /** So far back history reaches. */
  historyMs = 10 * 86_400_000;
  /** The days that are not read yet, of the time before the first start. */
  filling: string[] = [];
  /** Whether the job still reads what was committed before its restart. */
  backlog: boolean;

  constructor(readonly options: WorldOptions = {}) {
    this.next = random(options.seed ?? 7);
    this.backlog = options.backlog ?? false;
    this.epoch = options.now ?? Date.now();
    if (!options.empty) {
      this.begin();
    }
    this.look();
  }

  /** The database's clock. */
  now(): number {
    return this.epoch + (Date.now() - this.started) * (this.options.speed ?? 1);
  }

  /** So many seconds go by at once. */
  skip(seconds: number): void {
    this.epoch += seconds * 1_000;
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  rows(table: ResultTable): object[] {
    return [...(this.tables.get(table)?.values() ?? [])];
  }

  put(table: ResultTable, key: string, row: object): void {
    const rows = this.tables.get(table) ?? new Map<string, object>();
    this.tables.set(table, rows);
    const type = rows.has(key) ? 'UPDATE' : 'INSERT';
    rows.set(key, row);
    for (const listener of this.listeners) {
      listener(table, type, row);
    }
  }

  /** Rows of a table of history between two moments. */
  history(table: string, query: URLSearchParams): object[] {
    if (query.get('limit') === '1') {
      return [{ bucket_start: new Date(this.now() - this.historyMs).toISOString() }];
    }
    switch (table) {
      case 'all_agents_history':
        return allAgentsHistory(query, this.now(), [...this.base.values()]);
      case 'agent_performance_history':
        return agentHistory(query, this.now(), this.base.get(query.get('agent')?.slice(3) ?? '') ?? { rate: 0, latency: 0 });
      case 'approval_history':
        return approvalHistory(query, this.now());
      case 'training_history':
        return trainingHistory(query, this.now());
      case 'history_progress':
        return this.filling.map((day) => ({ day }));
      default:
        return ['agent_performance_history', 'approval_history', 'training_history'].flatMap((history_table) =>
          ['15m', '1h'].map((bucket) => ({ history_table, bucket, complete_from: new Date(this.now() - this.historyMs).toISOString() })),
        );
    }
  }

  private begin(): void {
    const { agents = 12, degraded = 0, warning = 0, idle = 0, pending = [], unsafe = 0, suffix = '' } = this.options;
    for (let i = 0; i < agents; i += 1) {
      const name = NAMES[i % NAMES.length] + (i < NAMES.length ? '' : `-${Math.floor(i / NAMES.length) + 1}`) + suffix;
      const kind = (i * 7) % agents;
      const latency =
        kind < degraded ? 290 + 60 * kind : kind < degraded + warning ? 120 + 15 * kind : 38 + this.next() * 45;
      const rate = kind >= agents - idle ? 0 : 0.4 + this.next() * 3;
      this.base.set(name, { rate, latency, approval: 82 + this.next() * 16, edit: 2 + this.next() * 14 });
      this.agents.push(name);
    }
    this.agents.sort();
    for (const age of pending) {
      this.request(age);
    }
    const names = ['mira', 'jonas', 'ada', 'tomas'];
    for (let i = 0; i < unsafe; i += 1) {
      this.alert({
        rule: 'unsafe_response', subject: String(7_100 + i), severity: 'critical', value: null, threshold: null,
        conversation_id: `c-${61_200 + i}`, details: { labels: ['medical_advice'], annotator: names[i % 4] },
        opened_at: this.iso(-95 - 400 * i),
      });
    }
    for (let i = 0; i < 40; i += 1) {
      this.query(this.now() - (40 - i) * 1_400);
    }
    this.step();
  }

  /** What looks ahead and what is proven, as of now: before the first tick the tables are there, and empty. */
  look(): void {
    for (const [table, rows] of [...outlook(this.now(), this.base), ...proof(this.now(), this.agents)]) {
      this.stored.set(table, this.options.empty ? [] : rows);
    }
  }

  private iso(offsetSeconds = 0): string {
    return new Date(this.now() + offsetSeconds * 1_000).toISOString().replace('Z', '000+00:00');
  }

  event(channel: string, payload: ChannelEvent['payload'], at = this.now()): void {
    this.seq += 1 + Math.floor(this.next() * 2);
    const time = new Date(at).toISOString();
    this.put('channel_event', String(this.seq), {
      seq: this.seq, channel, payload: { ...payload, seq: this.seq }, event_time: time, written_at: time,
    });
  }

  request(ageSeconds = 0): number {
    const id = (this.ids += 1);
    const created = this.now() - ageSeconds * 1_000;
    const conversation = `c-${60_000 + (id % 9_000)}`;
    this.approvals.set(String(id), { id, conversation_id: conversation, created });
    const created_at = new Date(created).toISOString();
    this.event('approval_queue_stream', {
      event: 'new_approval', id, conversation_id: conversation, status: 'pending', created_at, age_minutes: 0,
    }, created);
    return id;
  }

  decide(id: number, status: 'approved' | 'rejected' = 'approved'): void {
    const approval = this.approvals.get(String(id));
    if (!approval) {
      return;
    }
    this.approvals.delete(String(id));
    this.event('approval_queue_stream', {
      event: 'status_change', id, conversation_id: approval.conversation_id, old_status: 'pending', new_status: status,
      approved_by: 'mira', created_at: new Date(approval.created).toISOString(),
      resolution_seconds: Math.round((this.now() - approval.created) / 1_000),
    });
    for (const alert of this.rows('alert') as Alert[]) {
      if (alert.rule === 'approval_sla_breach' && alert.subject === String(id)) {
        this.put('alert', alert.alert_id, { ...alert, status: 'resolved', resolved_at: this.iso() });
      }
    }
  }

  alert(alert: Partial<Alert> & Pick<Alert, 'rule' | 'subject'>): void {
    const opened_at = alert.opened_at ?? this.iso();
    const id = `${alert.rule}:${alert.subject}:${opened_at}`;
    this.put('alert', id, {
      alert_id: id, severity: 'warning', status: 'open', value: null, threshold: null, conversation_id: null,
      details: {}, resolved_at: null, detected_at: opened_at, acknowledged_by: null, acknowledged_at: null,
      ...alert, opened_at,
    });
  }

  acknowledge(id: string, by: string | null): Alert | undefined {
    const alert = this.tables.get('alert')?.get(id) as Alert | undefined;
    if (alert && alert.status !== 'resolved') {
      const status = by === null ? 'open' : 'acknowledged';
      const row: Alert = { ...alert, status, acknowledged_by: by, acknowledged_at: by === null ? null : this.iso() };
      this.put('alert', id, row);
      return row;
    }
    return undefined;
  }

  note(alert_id: string, note: string, noted_by: string, ageSeconds = 0): boolean {
    const notes = this.stored.get('incident_note') as object[];
    notes.push({ note_id: notes.length + 1, alert_id, note, noted_by, noted_at: this.iso(-ageSeconds) });
    return this.tables.get('alert')?.has(alert_id) === true;
  }

  setLatency(agent: string, latency: number): void {
    const base = this.base.get(agent);
    if (base) {
      base.latency = latency;
    }
  }

  query(at = this.now()): void {
    const active = this.agents.filter((agent) => (this.base.get(agent)?.rate ?? 0) > 0);
    const agent = active[Math.floor(this.next() * active.length)];
    if (!agent) {
      return;
    }
    const latency = Math.round((this.base.get(agent)?.latency ?? 50) * (0.5 + this.next() * 1.2));
    const id = (this.ids += 1);
    const query = QUESTIONS[Math.floor(this.next() * QUESTIONS.length)];
    const conversation_id = `c-${60_000 + (id % 9_000)}`;
    const created_at = new Date(at).toISOString();
    this.event('agent_queries_stream', { event: 'new_query', id, agent, latency_ms: latency, conversation_id, query, created_at }, at);
    if (latency > 200) {
      const severity = latency > 500 ? 'critical' : latency > 300 ? 'warning' : 'info';
      this.alert({
        rule: 'slow_query', subject: String(id), severity, status: 'resolved', value: latency, threshold: 200,
        conversation_id, details: { agent, query }, opened_at: created_at, resolved_at: created_at,
      });
    }
  }

  /** One tick. Only agents whose turn it is change, unless all do. */
  step(all = true): void {
    this.tick += 1;
    const asOf = this.iso();
    this.agents.forEach((agent, index) => {
      if (all || (this.tick + index) % 3 === 0) {
        this.agent(agent, asOf);
      }
    });
    this.queue(asOf);
    this.training(asOf);
    this.read += 20;
    this.put('pipeline_status', 'writer', {
      component: 'writer', as_of: asOf, commit_lsn: `2A/${(0x4f0000 + this.tick * 331).toString(16).toUpperCase()}`,
      tick: this.tick, written_at: asOf, changes_read: this.read, changes_late: 212, changes_rejected: 3,
      changes_replayed: 0,
      details: {
        agent_queries: { read: this.read - 43_000, late: 190, rejected: 3, replayed: 0 },
        agent_approvals: { read: 31_000, late: 20, rejected: 0, replayed: 0 },
        agent_feedback: { read: 12_000, late: 2, rejected: 0, replayed: 0 },
        ...(this.backlog ? { backlog: true } : {}),
      },
    });
  }

  private agent(agent: string, asOf: string): void {
    const base = this.base.get(agent);
    if (!base) {
      return;
    }
    const wave = base.latency * (0.92 + this.next() * 0.16);
    for (const [window_name, seconds] of Object.entries(WINDOWS)) {
      const count = Math.round(base.rate * seconds * (0.96 + this.next() * 0.08));
      const reviewed = Math.round(count * 0.6);
      const approved = Math.round((reviewed * base.approval) / 100);
      const latency = window_name === '1m' ? wave : base.latency;
      const none = count === 0;
      this.put('agent_performance', `${window_name} ${agent}`, {
        agent, window_name, window_start: new Date(Date.parse(asOf) - seconds * 1_000).toISOString(), window_end: asOf,
        query_count: count, avg_latency_ms: none ? null : round(latency), max_latency_ms: none ? null : Math.round(latency * 3.1),
        p50_latency_ms: none ? null : Math.round(latency * 0.88), p95_latency_ms: none ? null : Math.round(latency * 1.7),
        p99_latency_ms: none ? null : Math.round(latency * 2.4), slow_query_count: latency > 200 ? Math.round(count * 0.7) : 0,
        approved_count: approved, rejected_count: reviewed - approved, unreviewed_count: count - reviewed,
        approval_rate_pct: reviewed === 0 ? null : round((100 * approved) / reviewed),
        human_edited_count: Math.round((count * base.edit) / 100), human_edit_rate_pct: none ? null : round(base.edit),
        quality_score: reviewed === 0 ? null : round(0.5 * base.approval + 0.3 * (100 - base.edit) + 0.2 * Math.max(0, 100 - latency / 10)),
      });
    }
    const status = base.rate === 0 ? 'idle' : wave > 200 ? 'degraded' : wave > 100 ? 'warning' : 'healthy';
    const before = this.tables.get('agent_health')?.get(agent) as AgentHealth | undefined;
    const same = before?.health_status === status;
    this.put('agent_health', agent, {
      agent, health_status: status, since: same ? before.since : before ? asOf : this.iso(-380 - this.next() * 4_000),
      avg_latency_ms_1m: base.rate === 0 ? null : round(wave), last_query_at: base.rate === 0 ? this.iso(-2_400) : asOf,
    });
    this.health(agent, status, wave, before === undefined);
  }

  private health(agent: string, status: string, value: number, first: boolean): void {
    const open = (this.rows('alert') as Alert[]).find(
      (alert) => alert.rule === 'agent_degraded' && alert.subject === agent && alert.status !== 'resolved',
    );
    if (status === 'degraded' && !open) {
      this.alert({
        rule: 'agent_degraded', subject: agent, severity: value > 320 ? 'critical' : 'warning', value: round(value),
        threshold: 200, ...(first ? { opened_at: this.iso(-260 - this.next() * 200) } : {}),
      });
      this.event('performance_alert_stream', { event: 'agent_degraded', agent, latency_ms: round(value), query: null, conversation_id: null, created_at: this.iso(), severity: 'warning' });
    } else if (status !== 'degraded' && open) {
      this.put('alert', open.alert_id, { ...open, status: 'resolved', resolved_at: this.iso() });
      this.event('performance_alert_stream', { event: 'agent_recovered', agent, latency_ms: round(value), query: null, conversation_id: null, created_at: this.iso(), severity: 'info' });
    }
  }

  private queue(asOf: string): void {
    const now = Date.parse(asOf);
    const rows = [...this.approvals.values()].sort((a, b) => a.created - b.created);
    const ages = rows.map((row) => (now - row.created) / 1_000);
    const oldest = rows[0];
    rows.forEach((row, i) => {
      const age = ages[i] as number;
      const known = (this.rows('alert') as Alert[]).some((a) => a.rule === 'approval_sla_breach' && a.subject === String(row.id));
      if (age >= SLA_SECONDS && !known && !this.backlog) {
        const severity = age > 900 ? 'critical' : age > 600 ? 'warning' : 'info';
        this.alert({
          rule: 'approval_sla_breach', subject: String(row.id), severity, value: round(age), threshold: SLA_SECONDS,
          conversation_id: row.conversation_id, details: { created_at: new Date(row.created).toISOString() },
          opened_at: new Date(row.created + SLA_SECONDS * 1_000).toISOString(),
        });
      }
    });
    const within = (from: number, to: number) => ages.filter((age) => age >= from && age < to).length;
    const breached = within(300, Infinity);
    this.put('approval_queue', 'all', {
      queue: 'all', pending_count: rows.length, sla_breach_count: breached,
      sla_breach_pct: rows.length ? round((100 * breached) / rows.length) : null,
      avg_pending_age_seconds: rows.length ? round(ages.reduce((a, b) => a + b, 0) / rows.length) : null,
      min_pending_age_seconds: rows.length ? round(Math.min(...ages)) : null,
      max_pending_age_seconds: rows.length ? round(Math.max(...ages)) : null,
      pending_under_1m: within(0, 60), pending_1m_to_5m: within(60, 300), pending_5m_to_15m: within(300, 900),
      pending_over_15m: within(900, Infinity), oldest_pending_id: oldest ? String(oldest.id) : null,
      oldest_pending_conversation_id: oldest?.conversation_id ?? null,
      oldest_pending_created_at: oldest ? new Date(oldest.created).toISOString() : null, as_of: asOf,
    });
    for (const [window_name, decided] of [['1m', 3], ['5m', 14], ['1h', 164]] as const) {
      const approved = Math.round(decided * 0.86);
      const within_sla = decided - Math.round(decided * 0.04);
      this.put('approval_activity', window_name, {
        window_name, window_start: asOf, window_end: asOf, requested_count: decided + rows.length, approved_count: approved,
        rejected_count: decided - approved, expired_count: 0, decided_count: decided, approval_rate_pct: round((100 * approved) / decided),
        avg_resolution_seconds: 84.2, p50_resolution_seconds: 61.4, p95_resolution_seconds: 241.7,
        within_sla_count: within_sla, sla_compliance_pct: round((100 * within_sla) / decided),
      });
    }
  }

  private training(asOf: string): void {
    const unsafe = this.options.unsafe ?? 0;
    for (const [window_name, count] of [['1m', 0], ['5m', 4], ['1h', 38], ['24h', 612]] as const) {
      const bad = window_name === '24h' ? 9 + unsafe : window_name === '1h' ? unsafe : 0;
      const open = Math.round(count * 0.08);
      this.put('training_quality', window_name, {
        window_name, window_start: asOf, window_end: asOf, feedback_count: count, safe_count: count - open - bad,
        unsafe_count: bad, unreviewed_count: open, unsafe_rate_pct: count ? round((100 * bad) / (count - open)) : null,
        avg_clarity: count ? 4.31 : null, avg_accuracy: count ? 4.12 : null, avg_tone: count ? 4.58 : null,
        label_counts: count ? { helpful: Math.round(count * 0.62), too_long: Math.round(count * 0.17), wrong_policy: Math.round(count * 0.06), medical_advice: bad, off_topic: Math.round(count * 0.03) } : {},
        active_annotator_count: count ? 4 : 0,
      });
    }
    ['mira', 'jonas', 'ada', 'tomas'].forEach((annotator, i) => {
      this.put('annotator_activity', `1h ${annotator}`, {
        annotator, window_name: '1h', feedback_count: 16 - i * 4, safe_count: 14 - i * 4, unsafe_count: i === 1 ? 1 : 0,
        avg_overall: 4.4 - i * 0.1, last_feedback_at: this.iso(-40 - i * 300), window_start: asOf, window_end: asOf,
      });
    });
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
