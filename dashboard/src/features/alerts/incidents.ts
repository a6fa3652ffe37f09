import type { Alert, Severity } from '@agentpulse/react';
import { AGENT_RULES } from '../../lib/incidentSpans';
import { ruleTitle } from './rules';

/** What happened, as one row: alerts that have the same cause are one incident with a count. */
export interface Incident {
  /** Of its row. */
  key: string;
  /** What its alerts have in common: the rule, the agent, the state and who took them. */
  cause: string;
  rule: string;
  /** The agent, where the rule is about one. */
  agent: string | null;
  severity: Severity;
  status: Alert['status'];
  alertIds: string[];
  count: number;
  openedAt: string;
  resolvedAt: string | null;
  /** The worst value, and what it passed. */
  value: number | null;
  threshold: number | null;
  conversationId: string | null;
  acknowledgedBy: string | null;
}

const RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

/** Point events are news for so long. */
export const RECENT_MS = 10 * 60_000;
const MOST_RECENT = 12;

export function agentOf(alert: Alert): string | null {
  if (AGENT_RULES.includes(alert.rule)) {
    return alert.subject;
  }
  return typeof alert.details?.agent === 'string' ? alert.details.agent : null;
}

function causeOf(alert: Alert): string {
  const agent = agentOf(alert) ?? '';
  const who = alert.acknowledged_by ?? '';
  return alert.status === 'resolved' && alert.rule !== 'slow_query' && alert.rule !== 'approval_sla_breach'
    ? `${alert.alert_id}`
    : [alert.rule, agent, alert.status, who].join('|');
}

export function groupIncidents(alerts: readonly Alert[]): Incident[] {
  const groups = new Map<string, Alert[]>();
  for (const alert of alerts) {
    const cause = causeOf(alert);
    groups.set(cause, [...(groups.get(cause) ?? []), alert]);
  }
  return [...groups].map(([cause, group]) => incident(cause, group)).sort(byUrgency);
}

function incident(cause: string, group: readonly Alert[]): Incident {
  const byAge = [...group].sort((a, b) => Date.parse(a.opened_at) - Date.parse(b.opened_at));
  const first = byAge[0] as Alert;
  const worst = [...group].sort((a, b) => RANK[a.severity] - RANK[b.severity] || (b.value ?? 0) - (a.value ?? 0))[0] as Alert;
  return {
    key: cause,
    cause,
    rule: first.rule,
    agent: agentOf(first),
    severity: worst.severity,
    status: first.status,
    alertIds: byAge.map((alert) => alert.alert_id),
    count: group.length + group.reduce((sum, alert) => sum + Number(alert.details?.suppressed ?? 0), 0),
    openedAt: first.opened_at,
    resolvedAt: latest(group.map((alert) => alert.resolved_at)),
    value: group.reduce<number | null>((most, alert) => (alert.value === null ? most : Math.max(most ?? alert.value, alert.value)), null),
    threshold: first.threshold,
    conversationId: group.length === 1 ? first.conversation_id : null,
    acknowledgedBy: first.acknowledged_by,
  };
}

function latest(times: readonly (string | null)[]): string | null {
  return times.reduce((last, time) => (time !== null && (last === null || Date.parse(time) > Date.parse(last)) ? time : last), null);
}

/** Worst first, then by age, then by name, so that equals never change places. */
function byUrgency(a: Incident, b: Incident): number {
  return (
    Number(a.status === 'acknowledged') - Number(b.status === 'acknowledged') ||
    RANK[a.severity] - RANK[b.severity] ||
    Date.parse(a.openedAt) - Date.parse(b.openedAt) ||
    (a.key < b.key ? -1 : 1)
  );
}

/**
 * Keys of rows. A row stays the same while one of its alerts stays in it: when someone takes or releases it, and when other
 * alerts come to it or end. So neither the focus nor its place in a held order is lost.
 */
export class RowKeys {
  private byAlert = new Map<string, number>();
  private newest = 0;

  /** @param selected of incidents that become one, this one's row is kept; else the oldest */
  keep(incidents: readonly Incident[], selected: string | null): Incident[] {
    const used = new Set<number>();
    const byAlert = new Map<string, number>();
    const keyed = incidents.map((incident) => {
      const had = incident.alertIds.map((id) => this.byAlert.get(id) ?? 0).filter((key) => key > 0 && !used.has(key));
      const key = had.find((each) => String(each) === selected) ?? (had.length > 0 ? Math.min(...had) : (this.newest += 1));
      used.add(key);
      incident.alertIds.forEach((id) => byAlert.set(id, key));
      return { ...incident, key: String(key) };
    });
    this.byAlert = byAlert;
    return keyed;
  }
}

/** What is unresolved, and what happened in the ten minutes before now. */
export function splitIncidents(alerts: readonly Alert[], now: number): { open: Incident[]; recent: Incident[] } {
  const open = groupIncidents(alerts.filter((alert) => alert.status !== 'resolved'));
  const recent = groupIncidents(
    alerts.filter((alert) => alert.status === 'resolved' && now - Date.parse(alert.resolved_at ?? alert.opened_at) < RECENT_MS),
  )
    .sort((a, b) => Date.parse(b.resolvedAt ?? b.openedAt) - Date.parse(a.resolvedAt ?? a.openedAt) || (a.key < b.key ? -1 : 1))
    .slice(0, MOST_RECENT);
  return { open, recent };
}

export function incidentTitle({ rule, agent, count, status }: Incident): string {
  const many = count > 1;
  switch (rule) {
    case 'agent_degraded':
      return status === 'resolved' ? `${agent} recovered` : `${agent} is degraded`;
    case 'approval_sla_breach':
      return status === 'resolved' ? (many ? `${count} late approvals decided` : 'Late approval decided') : many ? `${count} approvals over SLA` : 'Approval over SLA';
    case 'unsafe_response':
      return status === 'resolved' ? 'Unsafe answer settled' : many ? `${count} unsafe answers` : 'Unsafe answer';
    case 'slow_query':
      return many ? `${count} slow queries, ${agent ?? 'several agents'}` : `Slow query, ${agent ?? 'unknown agent'}`;
    default:
      return `${ruleTitle(rule)}${agent === null ? '' : `, ${agent}`}${many ? ` × ${count}` : ''}${status === 'resolved' ? ': over' : ''}`;
  }
}
