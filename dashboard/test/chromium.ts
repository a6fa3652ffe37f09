import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { requireChromium } from '../scripts/chromium.mjs';

export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const OUTPUT = resolve(import.meta.dirname, '../test-output');
mkdirSync(OUTPUT, { recursive: true });

/** A browser with a profile of its own, which goes with it. */
export async function openChromium(): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'agentpulse-chromium-'));
  const context = await chromium.launchPersistentContext(folder, { executablePath: requireChromium(), headless: true, args: FLAGS });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What the page throws or reports, for a test to look at. */
export function collectErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  return errors;
}

export async function shot(page: Page, name: string, fullPage = false): Promise<void> {
  if (fullPage) {
    // Also what the browser skips because it is scrolled out of sight.
    await page.$$eval('.panel, .feed-line', (panels) => panels.forEach((panel) => ((panel as HTMLElement).style.contentVisibility = 'visible')));
  }
  await page.screenshot({ path: join(OUTPUT, `${name}.png`), fullPage });
  if (fullPage) {
    await page.$$eval('.panel, .feed-line', (panels) => panels.forEach((panel) => (panel as HTMLElement).style.removeProperty('content-visibility')));
  }
}

/** Evaluated in the page from outside: the page's own policy allows no foreign script. */
const AXE = readFileSync(resolve(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8');

interface Axe {
  run: (options: { resultTypes: string[] }) => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
}

/** What axe finds that is serious or worse; none is what a test wants. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run({ resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 2).map((node) => node.html.slice(0, 160)).join(' | ')}`);
  });
}

/** Whether a chart has the edge of a span on it: the colour of what is degraded, right below its upper end. */
export function edgesOf(page: Page, chart: string): Promise<number> {
  return page.$eval(chart, (canvas) => {
    const { width } = canvas as HTMLCanvasElement;
    const { data } = ((canvas as HTMLCanvasElement).getContext('2d') as CanvasRenderingContext2D).getImageData(0, 9, width, 1);
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
      found += Number(data[at] === 213 && data[at + 1] === 94 && data[at + 2] === 0);
    }
    return found;
  });
}

/** How much of a chart in light colours lies in a band: what is as transparent as a band is, on a canvas that has no ground. */
export function bandOf(page: Page, chart: string): Promise<number> {
  return page.$eval(chart, (canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = ((canvas as HTMLCanvasElement).getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, width, height);
    let found = 0;
    for (let at = 3; at < data.length; at += 4) {
      found += Number(data[at] === 0x26);
    }
    return found;
  });
}
