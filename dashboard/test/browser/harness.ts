import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { FakeServer } from '../fake/server';
import { World, type WorldOptions } from '../fake/world';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const OUTPUT = resolve(import.meta.dirname, '../../test-output');
mkdirSync(OUTPUT, { recursive: true });

export function findChromium(): string {
  const found = [process.env.AGENTPULSE_CHROMIUM ?? '', ...PLACES].find((place) => place !== '' && existsSync(place));
  if (!found) {
    throw new Error('There is no Chromium: apt install chromium (Debian), or point AGENTPULSE_CHROMIUM at one.');
  }
  return found;
}

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

let context: BrowserContext;
let folder: string;
let visits: Visit[] = [];

/** One browser a file, and a server and a page a visit; errors of a page fail nobody, but are there to look at. */
export function browserVisits(): (options?: VisitOptions) => Promise<Visit> {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'agentpulse-chromium-'));
    context = await chromium.launchPersistentContext(folder, { executablePath: findChromium(), headless: true, args: FLAGS });
  });
  afterAll(async () => {
    await Promise.all(visits.map((visit) => visit.close()));
    visits = [];
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return async (options = {}) => {
    const { path = '/', world = {}, prepare, tick = 500, waitFor = '.verdict', ...of } = options;
    const server = new FakeServer(new World(world));
    await server.start();
    const mine = await (context.browser() as NonNullable<ReturnType<BrowserContext['browser']>>).newContext({
      viewport: { width: 1280, height: 720 },
      reducedMotion: 'reduce',
      ...of,
    });
    const page = await mine.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
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
    return visit;
  };
}

export async function shot(page: Page, name: string, fullPage = false): Promise<void> {
  await page.screenshot({ path: join(OUTPUT, `${name}.png`), fullPage });
}

/** Evaluated in the page from outside: the page's own policy allows no foreign script. */
export const AXE = readFileSync(resolve(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');
