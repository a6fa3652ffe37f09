import type { Answer } from '@agentpulse/react';

/** What stands in the place of something that is not there yet, or that could not be read. */
export function Waiting({ answer, what }: { answer: Answer<unknown>; what: string }) {
  const subject = what.charAt(0).toUpperCase() + what.slice(1);
  return <p className="chart-wait">{answer.state === 'failed' ? `${subject} cannot be read now: ${answer.message}` : `Reading ${what}.`}</p>;
}
