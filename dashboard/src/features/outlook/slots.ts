import { formatCount } from '../../lib/format';

/** Forecasts, and the history that they go on from, are by quarters of an hour. */
export const SLOT_MINUTES = 15;

export function oneDecimal(value: number | null): string {
  return formatCount(value === null ? null : value < 100 ? Math.round(value * 10) / 10 : Math.round(value));
}
