import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Trail } from './trail';

export const TrailContext = createContext<Trail | null>(null);

/** The trail; the component renders with each new step. */
export function useTrail(): Trail {
  const trail = useContext(TrailContext);
  if (!trail) {
    throw new Error('There is no trail above this component.');
  }
  useSyncExternalStore(trail.subscribe, trail.getVersion);
  return trail;
}
