import type { Answer, Compared } from '@agentpulse/react';
import { changeDetail, changeLines, type ChangeKind } from '../lib/change';
import { useZone } from '../lib/zone';

interface TileChangeProps {
  of: ChangeKind;
  answer: Answer<Compared>;
  /** The very figure that the tile shows, where it is the one that is compared. */
  now?: number | undefined;
}

/** What a tile says of yesterday and last week; it keeps its room while that is being read, and where there is nothing to say. */
export function TileChange({ of, answer, now }: TileChangeProps) {
  const zone = useZone();
  const read = answer.state === 'ready' ? answer.value[of] : null;
  const comparison = read && now !== undefined ? { ...read, now } : read;
  const lines = comparison === null ? [] : changeLines(of, comparison);
  return (
    <span className="tile-change num" title={comparison === null ? undefined : changeDetail(of, comparison, zone)}>
      {[0, 1].map((line) => (
        <span key={line}>{lines[line] ?? '\u00a0'}</span>
      ))}
    </span>
  );
}
