/** Figures as people read them. A figure that is not there is N/A, never NaN, 0 or blank; the caller says why. */
export const NOT_AVAILABLE = 'N/A';

const counts = new Intl.NumberFormat('en-US');
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const NARROW = '\u202f';

function known(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** With every digit, where the figure is to be checked. */
export function formatExactCount(value: number | null | undefined): string {
  return known(value) ? counts.format(value) : NOT_AVAILABLE;
}

/** As short as a tile or a cell has room for: from 100,000 on in thousands and millions. */
export function formatCount(value: number | null | undefined): string {
  return known(value) && Math.abs(value) >= 100_000 ? compact.format(value) : formatExactCount(value);
}

/** So many in a given time: with a decimal where it is below 100. */
export function formatRate(value: number | null): string {
  return formatCount(value === null ? null : value < 100 ? Math.round(value * 10) / 10 : Math.round(value));
}

export function formatMillis(value: number | null | undefined): string {
  if (!known(value)) {
    return NOT_AVAILABLE;
  }
  if (value < 10 && value > 0) {
    return `${value.toFixed(1)}${NARROW}ms`;
  }
  if (value < 9_999.5) {
    return `${counts.format(Math.round(value))}${NARROW}ms`;
  }
  return `${(value / 1_000).toFixed(1)}${NARROW}s`;
}

export function formatPercent(value: number | null | undefined, digits = 1): string {
  return known(value) ? `${value.toFixed(value === 100 || value === 0 ? 0 : digits).replace('-', '−')}${NARROW}%` : NOT_AVAILABLE;
}

export function formatScore(value: number | null | undefined, digits = 1): string {
  return known(value) ? value.toFixed(digits) : NOT_AVAILABLE;
}

/** A length of time in its two largest parts: 8 s, 4 m 10 s, 2 h 5 m, 3 d 4 h. */
export function formatDuration(millis: number | null | undefined): string {
  if (!known(millis)) {
    return NOT_AVAILABLE;
  }
  const seconds = Math.max(0, Math.floor(millis / 1_000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) {
    return `0${NARROW}s`;
  }
  return parts
    .slice(first, first + 2)
    .filter(([amount], index) => index === 0 || amount > 0)
    .map(([amount, unit]) => `${amount}${NARROW}${unit}`)
    .join(' ');
}

/** How long something has lasted, as it counts: 8 s, 4 m 05 s, 2 h 05 m. It keeps its width, so that nothing beside it moves. */
export function formatElapsed(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1_000));
  const two = (large: number, unit: string, small: number, part: string) => `${large}${NARROW}${unit} ${String(small).padStart(2, '0')}${NARROW}${part}`;
  if (seconds < 60) {
    return `${seconds}${NARROW}s`;
  }
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return minutes < 60 ? two(minutes, 'm', seconds % 60, 's') : hours < 24 ? two(hours, 'h', minutes % 60, 'm') : two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** One part only, for narrow columns: 8 s, 4 m, 2 h, 3 d. */
export function formatAge(millis: number | null | undefined): string {
  return formatDuration(millis).split(' ')[0] as string;
}

/** The age of the figures: tenths below ten seconds, then like any other length of time. */
export function formatDataAge(millis: number | null): string {
  if (millis === null) {
    return NOT_AVAILABLE;
  }
  return millis < 9_950 ? `${(millis / 1_000).toFixed(1)}${NARROW}s` : formatDuration(millis);
}

/** Minutes and seconds of a countdown: 1:12, 61:05. */
export function formatClock(millis: number): string {
  const seconds = Math.floor(Math.abs(millis) / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
