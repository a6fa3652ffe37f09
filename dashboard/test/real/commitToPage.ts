import { run, type BarePage } from '../measure/bareChromium';

/** What the page itself notes of a marker, by the clock of the machine, which the test shares. */
interface Seen {
  /** A frame of the socket held it. */
  arrived: number;
  /** The page was painted with it. */
  painted: number;
}

declare global {
  interface Window {
    seenMarkers: Record<string, Partial<Seen>>;
  }
}

/** Runs in the page before anything else: notes when markers, words such as marker-1!, come and are shown. */
function noteMarkers(): void {
  const form = /marker-\d+(?=!)/g;
  window.seenMarkers = {};
  const note = (text: string, step: keyof Seen) => {
    for (const [name] of text.matchAll(form)) {
      const seen = (window.seenMarkers[name] ??= {});
      seen[step] ??= Date.now();
    }
  };
  const Original = WebSocket;
  window.WebSocket = class extends Original {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', (event) => typeof event.data === 'string' && note(event.data, 'arrived'));
    }
  };
  const observer = new MutationObserver(() => {
    const shown = document.querySelector('.feed-list')?.textContent ?? '';
    // It is told in the frame that paints this, also where that one is under way; a task of its own runs behind the paint.
    new ResizeObserver((_, self) => {
      self.disconnect();
      setTimeout(() => note(shown, 'painted'));
    }).observe(document.documentElement);
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true });
}

/** In a browser that nobody watches: where one does, the page's own main thread writes down each message of the socket once more. */
export async function openNoting({ page }: BarePage, url: string): Promise<void> {
  await page('Page.enable');
  await page('Page.addScriptToEvaluateOnNewDocument', { source: `(${noteMarkers})()` });
  await page('Page.navigate', { url });
}

export const markersSeen = (page: BarePage): Promise<Record<string, Partial<Seen>>> => run(page, () => window.seenMarkers, undefined);
