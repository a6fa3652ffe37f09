import type { Page } from 'playwright-core';

/** What must not happen while somebody looks: layout that shifts, spinners, rows that are made anew. */
interface Seen {
  shift: number;
  spins: number;
  moved: string[];
  rows: Element[];
}

/** Begins to count it. */
export function watchShifts(page: Page): Promise<void> {
  return page.evaluate(() => {
    const seen: Seen = { shift: 0, spins: 0, moved: [], rows: [...document.querySelectorAll('.agent')] };
    Object.assign(globalThis, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node?: Element }[] })[]) {
        seen.shift += entry.value;
        seen.moved.push(...entry.sources.map(({ node }) => node?.className ?? ''));
      }
    }).observe({ type: 'layout-shift' });
    new MutationObserver(() => {
      seen.spins += document.querySelectorAll('[aria-busy=true], [class*=spin], [class*=skeleton]').length;
    }).observe(document.body, { subtree: true, childList: true });
  });
}

/** What was counted so far; shift as browsers sum it up, and the first elements that moved. */
export function shiftsSeen(page: Page): Promise<{ shift: number; spins: number; gone: number; moved: string }> {
  return page.evaluate(() => {
    const { seen } = globalThis as unknown as { seen: Seen };
    return { shift: seen.shift, spins: seen.spins, gone: seen.rows.filter((row) => !row.isConnected).length, moved: seen.moved.slice(0, 10).join() };
  });
}
