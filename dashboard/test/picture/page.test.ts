import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { openChromium } from '../chromium';
import { Demo } from '../real/stack';

const PICTURE = resolve(import.meta.dirname, '../../../docs/images/page.png');
const LARGEST_BYTES = 400_000;

test('the picture of the README: the demo a minute and a half after its start, when all that it tells is on the screen', async () => {
  const demo = await Demo.start();
  const { context, close } = await openChromium();
  try {
    const browser = context.browser();
    const page = await (browser as NonNullable<typeof browser>).newPage({ viewport: { width: 1280, height: 720 }, colorScheme: 'light', deviceScaleFactor: 1.5 });
    await page.goto(demo.demoUrl);
    for (const incident of ['degraded', 'over SLA', 'Unsafe answer']) {
      await page.waitForSelector(`.incident:has-text("${incident}")`, { timeout: 150_000 });
    }
    await page.waitForTimeout(2_000);
    mkdirSync(dirname(PICTURE), { recursive: true });
    await page.screenshot({ path: PICTURE });
    expect(statSync(PICTURE).size).toBeLessThan(LARGEST_BYTES);
  } finally {
    await close();
    await demo.stop();
  }
}, 500_000);
