import type { Answer, Proof } from '@agentpulse/react';
import { Icon } from '../../components/Icon';
import { formatCount, plural } from '../../lib/format';
import { dayAndTime } from '../../lib/zone';

/** What the self-audit found in the last day, in one sentence. */
export function proofText(answer: Answer<Proof>, zone: string): string {
  switch (answer.state) {
    case 'missing':
      return 'not kept by this version of the database';
    case 'failed':
      return `cannot be read now: ${answer.message}`;
    case 'reading':
      return 'being read';
    default: {
      const { proven, unequalCount, inconclusive, lastRunAt } = answer.value;
      if (lastRunAt === null) {
        return 'nothing was audited in the last 24 hours';
      }
      const open = inconclusive > 0 ? `, ${formatCount(inconclusive)} could not be told` : '';
      return `${plural(proven, 'figure')} proven in 24 h, ${formatCount(unequalCount)} unequal${open}, last ${dayAndTime(lastRunAt, zone)}`;
    }
  }
}

export function ProofLine({ answer, zone }: { answer: Answer<Proof>; zone: string }) {
  const bad = answer.state === 'ready' && answer.value.unequalCount > 0;
  const good = answer.state === 'ready' && answer.value.proven > 0 && !bad;
  return (
    <p className={`proof-line num ${bad ? 'is-bad' : good ? 'is-good' : ''}`}>
      <Icon name={bad ? 'degraded' : good ? 'healthy' : 'info'} />
      {proofText(answer, zone)}
    </p>
  );
}
