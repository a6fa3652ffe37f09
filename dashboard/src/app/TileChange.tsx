import type { Answer, Compared } from '@agentpulse/react';
import { changeDetail, changeLines, type ChangeKind } from '../lib/change';
import { useZone } from '../lib/zone';

/** What a tile says of yesterday and last week; it keeps its room while that is being read. */
export function TileChange({ of, answer }: { of: ChangeKind; answer: Answer<Compared> }) {
  const zone = useZone();
  const comparison = answer.state === 'ready' ? answer.value[of] : null;
  const lines = comparison === null ? [] : changeLines(of, comparison);
  return (
    <span className="tile-change num" title={comparison === null ? undefined : changeDetail(of, comparison, zone)}>
      {[0, 1].map((line) => (
        <span key={line}>{lines[line] ?? '\u00a0'}</span>
      ))}
    </span>
  );
}
