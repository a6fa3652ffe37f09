/** What ages is looked at at least so often. */
const BEAT_MS = 300;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Calls the listener some four times a second. All listeners share one timer, so that everything that ages on a page
 * changes in the same frame: painting costs by the frame, not by the figure.
 */
export function onBeat(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setTimeout(beat, BEAT_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearTimeout(timer);
      timer = undefined;
    }
  };
}

/** A beat now, because new figures are painted anyway; the next one is counted from here. */
export function beat(): void {
  clearTimeout(timer);
  timer = listeners.size > 0 ? setTimeout(beat, BEAT_MS) : undefined;
  listeners.forEach((each) => each());
}
