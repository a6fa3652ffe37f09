import { onBeat, useLiveSource } from '@agentpulse/react';
import { useEffect, useRef, useState } from 'react';

export interface Moment {
  /** The database's time; where figures are old, the time up to which they are known. */
  time: number;
  /** The figures are old: an age counted to this moment is a lower bound. */
  atLeast: boolean;
}

/** A beat may come a little early. */
const JITTER_MS = 60;

/**
 * The moment to count ages to, each second. It stands still while the figures are old: an approval may have been decided
 * since, so its age is not a fact any more.
 */
export function useMoment(everyMillis = 1_000): Moment {
  const live = useLiveSource();
  const [moment, setMoment] = useState(() => read(live));
  const last = useRef(moment.atLeast);
  useEffect(() => {
    const look = () => {
      const now = read(live);
      last.current = now.atLeast;
      setMoment((before) => (now.time === before.time && now.atLeast === before.atLeast ? before : now));
    };
    look();
    let lookedAt = performance.now();
    return onBeat(() => {
      const now = performance.now();
      // That figures are old, or are so no more, is seen at once.
      if (now - lookedAt >= everyMillis - JITTER_MS || read(live).atLeast !== last.current) {
        lookedAt = now;
        look();
      }
    });
  }, [live, everyMillis]);
  return moment;
}

function read(live: ReturnType<typeof useLiveSource>): Moment {
  const { stale, asOf } = live.freshness();
  const now = live.clock.now();
  return stale || now === null ? { time: asOf ?? now ?? 0, atLeast: true } : { time: now, atLeast: false };
}
