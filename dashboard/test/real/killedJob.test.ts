import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openChromium } from '../chromium';
import { Cluster } from './cluster';
import { outages, type Stage } from './outages';
import { Demo, Gateway } from './stack';

let made: Stage | null = null;
/** What ends what was started, newest last; also when a later part does not start. */
const ends: (() => unknown)[] = [];

function stage(): Stage {
  if (!made) {
    throw new Error('Nothing has been started.');
  }
  return made;
}

/** The job of a demo cannot be killed alone. So a demo makes a database and ends, and a cluster runs the job on it. */
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'agentpulse-outages-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const demo = await Demo.start(['--traffic', 'none'], join(folder, 'demo'));
  ends.push(() => demo.stop().catch(() => undefined));
  await demo.stop();
  const { postgres } = demo;
  postgres.start();
  ends.push(() => postgres.stop().catch(() => undefined));
  const database = await postgres.connect();
  // The cluster's job begins with a slot of its own.
  await database.query(`SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'agentpulse'`);
  await database.query(`INSERT INTO agent_queries (conversation_id, agent, query, latency_ms) SELECT a, a, 'Is anybody there?', 20 FROM unnest(ARRAY['sales', 'support', 'search']) a`);
  await database.end();
  const cluster = new Cluster(join(folder, 'cluster'));
  ends.push(() => cluster.stop().catch(() => undefined));
  await cluster.start();
  await cluster.submit(postgres);
  const gateway = await Gateway.start(postgres);
  ends.push(() => gateway.stop());
  const { context, close } = await openChromium();
  ends.push(close);
  made = { job: { stop: () => cluster.kill(), start: () => cluster.startAgain(postgres) }, gateway, postgres, browser: context };
}, 900_000);

afterAll(async () => {
  for (const end of ends.toReversed()) {
    await end();
  }
}, 180_000);

outages('killed job', stage);
