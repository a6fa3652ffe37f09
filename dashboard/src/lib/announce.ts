/** So often at most: a screen reader reads a value to its end before the next one comes. */
const LEAST_MS = 5_000;

export interface Announcer {
  /** The newest text takes the place of one that waits. */
  offer(text: string): void;
  /** What waits is not announced any more, and what was is taken away: it grows old. */
  drop(): void;
}

/**
 * Passes a text on at once where none went in the last five seconds, else the newest when they are over; never the same
 * twice in a row.
 */
export function announcer(announce: (text: string) => void): Announcer {
  let lastAt = -Infinity;
  let last = '';
  let waiting = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pass = () => {
    timer = undefined;
    if (waiting !== last) {
      last = waiting;
      lastAt = performance.now();
      announce(waiting);
    }
  };
  return {
    offer(text) {
      waiting = text;
      timer ??= setTimeout(pass, Math.max(0, lastAt + LEAST_MS - performance.now()));
    },
    drop() {
      clearTimeout(timer);
      timer = undefined;
      last = '';
      announce('');
    },
  };
}
