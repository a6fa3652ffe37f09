import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { collectErrors, openChromium } from './chromium';
import { FakeServer } from './fake/server';
import { World, type WorldOptions } from './fake/world';

export { bandOf, edgesOf, OUTPUT, seriousFindings, shot } from './chromium';

export interface Visit {
  page: Page;
  server: FakeServer;
  errors: string[];
  close: () => Promise<void>;
}

export interface VisitOptions extends BrowserContextOptions {
  path?: string;
  world?: WorldOptions;
  /** Before the page is loaded. */
  prepare?: (server: FakeServer, page: Page) => void | Promise<void>;
  /** Milliseconds between ticks; 0 for none. */
  tick?: number;
  waitFor?: string;
}

let opened: Awaited<ReturnType<typeof openChromium>>;
let visits: Visit[] = [];

/** One browser a file, and a server and a page a visit; errors of a page fail nobody, but are there to look at. */
export function browserVisits(): (options?: VisitOptions) => Promise<Visit> {
  beforeAll(async () => {
    opened = await openChromium();
  });
  afterAll(async () => {
    await Promise.all(visits.map((visit) => visit.close()));
    visits = [];
    await opened.close();
  });
  return async (options = {}) => {
    const { path = '/', world = {}, prepare, tick = 500, waitFor = '.verdict', ...of } = options;
    const server = new FakeServer(new World(world));
    await server.start();
    const mine = await (opened.context.browser() as NonNullable<ReturnType<BrowserContext['browser']>>).newContext({
      viewport: { width: 1280, height: 720 },
      reducedMotion: 'reduce',
      ...of,
    });
    // Longer than a busy machine takes; what must come sooner is measured.
    mine.setDefaultTimeout(120_000);
    const page = await mine.newPage();
    const errors = collectErrors(page);
    await prepare?.(server, page);
    if (tick > 0) {
      server.run(tick);
    }
    const visit: Visit = {
      page,
      server,
      errors,
      close: async () => {
        server.halt();
        await mine.close();
        await server.stop();
        visits = visits.filter((each) => each !== visit);
      },
    };
    visits.push(visit);
    await page.goto(server.url + path);
    if (waitFor) {
      await page.waitForSelector(waitFor);
    }
    // Another font has other widths.
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    return visit;
  };
}
