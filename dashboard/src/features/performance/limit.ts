/** An average above it is degraded, a query above it slow. */
export const LIMIT_MS = 200;
