import { Client } from 'pg';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { openChromium } from '../chromium';
import { otherDashboards } from './otherDashboards';
import { outages } from './outages';
import { Demo, Gateway } from './stack';
import { DashboardServer } from './dashboardServer';
import { thePage } from './thePage';

/** Everything real: the demo as people start it, a second gateway that can be killed by itself, and a browser. */
export interface Scene {
  demo: Demo;
  gateway: Gateway;
  dashboards: DashboardServer;
  database: Client;
  browser: BrowserContext;
}

let made: Scene | null = null;
let closeBrowser: () => Promise<void> = async () => undefined;

function scene(): Scene {
  if (!made) {
    throw new Error('Nothing has been started.');
  }
  return made;
}

beforeAll(async () => {
  const demo = await Demo.start();
  const dashboards = await DashboardServer.start();
  const gateway = await Gateway.start(demo, [dashboards.origin]);
  const database = new Client({ host: '127.0.0.1', port: demo.postgresPort, user: 'postgres', password: demo.password('superuser'), database: 'agentpulse' });
  // It goes when Postgres is stopped; whoever asks next opens another.
  database.on('error', () => undefined);
  await database.connect();
  const { context, close } = await openChromium();
  closeBrowser = close;
  made = { demo, gateway, dashboards, database, browser: context };
}, 420_000);

afterAll(async () => {
  await closeBrowser();
  await made?.database.end().catch(() => undefined);
  await made?.dashboards.stop();
  await made?.gateway.stop();
  await made?.demo.stop();
}, 90_000);

thePage(scene);
otherDashboards(scene);
// Last: what it stops comes back, but not all that others count on.
outages(scene);
