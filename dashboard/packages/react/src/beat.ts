/** How often what ages is looked at. */
export const BEAT_MS = 250;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/**
 * Calls the listener four times a second. All listeners share one timer, so that everything that ages on a page changes
 * in the same frame: painting costs by the frame, not by the figure.
 */
export function onBeat(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((each) => each()), BEAT_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}
