/**
 * Calls after the next frame is painted, so that what follows has a frame of its own. At once where nothing is painted:
 * outside a browser, and in a tab that nobody sees.
 */
export function afterPaint(then: () => void): void {
  if (globalThis.document?.visibilityState === 'visible' && globalThis.requestAnimationFrame) {
    globalThis.requestAnimationFrame(() => setTimeout(then, 0));
  } else {
    then();
  }
}
