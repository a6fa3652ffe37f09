import type { Client } from 'pg';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { openChromium } from '../chromium';
import { otherDashboards } from './otherDashboards';
import { outages } from './outages';
import { Demo, Gateway } from './stack';
import { DashboardServer } from './dashboardServer';
import { thePage } from './thePage';
import { twentyTabs } from './twentyTabs';

/** Everything real: the demo as people start it, a second gateway that can be killed by itself, and a browser. */
export interface Scene {
  demo: Demo;
  gateway: Gateway;
  dashboards: DashboardServer;
  database: Client;
  browser: BrowserContext;
}

/** Changes a second, for a figure; else what the demo starts with. */
const TRAFFIC = process.env.AGENTPULSE_TRAFFIC;

let made: Scene | null = null;
/** What ends what was started, newest last; also when a later part does not start. */
const ends: (() => Promise<unknown>)[] = [];

function scene(): Scene {
  if (!made) {
    throw new Error('Nothing has been started.');
  }
  return made;
}

beforeAll(async () => {
  const demo = await Demo.start(TRAFFIC ? ['--traffic', TRAFFIC] : []);
  ends.push(() => demo.stop());
  const dashboards = await DashboardServer.start();
  ends.push(() => dashboards.stop());
  const gateway = await Gateway.start(demo.postgres, [dashboards.origin]);
  ends.push(() => gateway.stop());
  const database = await demo.postgres.connect();
  ends.push(() => database.end().catch(() => undefined));
  const { context, close } = await openChromium();
  ends.push(close);
  made = { demo, gateway, dashboards, database, browser: context };
}, 420_000);

afterAll(async () => {
  for (const end of ends.toReversed()) {
    await end();
  }
}, 90_000);

thePage(scene);
otherDashboards(scene);
twentyTabs(scene);
// Last: what it stops comes back, but not all that others count on.
outages('frozen job', () => {
  const { demo, gateway, browser } = scene();
  return { job: { stop: () => demo.freeze(), start: () => demo.thaw() }, gateway, postgres: demo.postgres, browser };
});
