import type { PendingApproval } from '@agentpulse/react';

/** From this share of the agreed time on, an approval is at risk. */
export const RISK_SHARE = 0.8;

export type SlaState = 'waiting' | 'risk' | 'over';

export interface SlaView {
  state: SlaState;
  /** Milliseconds left; negative when it is over. */
  leftMillis: number;
  /** How much of the agreed time has gone, 0 to 1. */
  share: number;
}

export function slaView(createdAt: string, now: number, slaSeconds: number): SlaView {
  const waited = now - Date.parse(createdAt);
  const leftMillis = slaSeconds * 1_000 - waited;
  const share = Math.min(1, Math.max(0, waited / (slaSeconds * 1_000)));
  return { state: leftMillis <= 0 ? 'over' : share >= RISK_SHARE ? 'risk' : 'waiting', leftMillis, share };
}

/**
 * Oldest first. That also puts the ones at risk first: with one agreed time for all, who waited longest is nearest to it.
 */
export function oldestFirst(rows: readonly PendingApproval[]): PendingApproval[] {
  return [...rows].sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at) || (a.id < b.id ? -1 : 1));
}
