/** Forecasts are by quarters of an hour. */
export const SLOT_MINUTES = 15;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
