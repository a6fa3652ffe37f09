import type { ChannelEvent } from '@agentpulse/react';
import type { IconName } from '../../components/Icon';
import { formatDuration, formatMillis } from '../../lib/format';

export interface FeedLine {
  /** Null for what happens all the time. */
  icon: IconName | null;
  tone: 'good' | 'warn' | 'bad' | 'none';
  /** What happened, in a word or two. */
  what: string;
  /** To whom. */
  who: string;
  more: string;
}

export const CHANNELS = [
  { value: 'agent_queries_stream', label: 'Queries' },
  { value: 'approval_queue_stream', label: 'Approvals' },
  { value: 'performance_alert_stream', label: 'Latency' },
  { value: 'sla_breach_stream', label: 'SLA' },
  { value: 'training_feedback_stream', label: 'Feedback' },
] as const;

/** A message as a line for people. What the page does not know is shown by its own name. */
export function describe({ payload }: ChannelEvent): FeedLine {
  const text = (name: string) => (typeof payload[name] === 'string' ? payload[name] : '');
  const number = (name: string) => (typeof payload[name] === 'number' ? payload[name] : null);
  const conversation = text('conversation_id');
  switch (payload.event) {
    case 'new_query': {
      const latency = number('latency_ms');
      const tone = latency !== null && latency > 200 ? 'warn' : 'none';
      return { icon: null, tone, what: formatMillis(latency), who: text('agent'), more: text('query') };
    }
    case 'new_approval':
      return { icon: 'clock', tone: 'none', what: 'Approval asked', who: conversation, more: '' };
    case 'status_change': {
      const status = text('new_status');
      const took = number('resolution_seconds');
      const more = [text('approved_by'), took === null ? '' : `after ${formatDuration(took * 1_000)}`].filter(Boolean).join(', ');
      return { icon: 'check', tone: status === 'approved' ? 'good' : 'none', what: capital(status), who: conversation, more };
    }
    case 'slow_query':
      return { icon: 'warning', tone: 'warn', what: formatMillis(number('latency_ms')), who: text('agent'), more: ['slow', text('query')].filter(Boolean).join(': ') };
    case 'agent_degraded':
      return { icon: 'degraded', tone: 'bad', what: 'Degraded', who: text('agent'), more: `average ${formatMillis(number('latency_ms'))}` };
    case 'agent_recovered': {
      const latency = number('latency_ms');
      return { icon: 'healthy', tone: 'good', what: 'Recovered', who: text('agent'), more: latency === null ? '' : `average ${formatMillis(latency)}` };
    }
    case 'sla_breach':
    case 'sla_escalated':
      return { icon: 'degraded', tone: 'bad', what: payload.event === 'sla_breach' ? 'Over SLA' : 'Still over SLA', who: conversation, more: `waiting ${formatDuration((number('age_minutes') ?? 0) * 60_000)}` };
    case 'sla_resolved':
      return { icon: 'check', tone: 'good', what: 'Late, decided', who: conversation, more: '' };
    case 'unsafe_response':
      return { icon: 'degraded', tone: 'bad', what: 'Unsafe answer', who: conversation, more: labels(payload.labels) };
    case 'new_feedback':
    case 'annotation':
      return { icon: 'info', tone: 'none', what: 'Feedback', who: conversation, more: [text('annotator'), labels(payload.labels)].filter(Boolean).join(', ') };
    case 'more':
      return { icon: 'info', tone: 'none', what: 'And more', who: '', more: `${number('count') ?? ''} messages of one transaction` };
    default:
      return { icon: 'info', tone: 'none', what: String(payload.event ?? 'message'), who: conversation, more: '' };
  }
}

function labels(value: unknown): string {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string').join(', ') : '';
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
