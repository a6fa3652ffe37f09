import { test } from 'vitest';
import { browserVisits, shot } from '../visits';

const visit = browserVisits();
const TROUBLE = { agents: 12, degraded: 2, warning: 1, idle: 1, pending: [1_012, 431, 322, 262, 190, 121, 74, 40, 22, 5], unsafe: 1 };

for (const colorScheme of ['light', 'dark'] as const) {
  test(`drawer, why, outage, paused, ${colorScheme}`, async () => {
    const { page, server, close } = await visit({ world: TROUBLE, colorScheme, prepare: (s) => void (s.config.demo = true), path: '/?demo=1' });
    await page.waitForTimeout(12_000);
    await shot(page, `demo-desktop-${colorScheme}`);
    await page.click('.agent[data-agent=invoices] .agent-name');
    await page.waitForSelector('.time-chart');
    await page.waitForTimeout(700);
    await shot(page, `drawer-desktop-${colorScheme}`);
    await page.click('.drawer .cell-figure >> nth=3');
    await page.waitForTimeout(300);
    await shot(page, `why-desktop-${colorScheme}`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Space');
    await page.hover('.incident >> nth=1');
    await page.waitForTimeout(1_200);
    await shot(page, `paused-desktop-${colorScheme}`);
    await page.keyboard.press('Space');
    server.halt();
    await page.waitForSelector('.banner');
    await page.waitForTimeout(3_000);
    await shot(page, `outage-job-desktop-${colorScheme}`);
    await close();
  });
  test(`phone drawer, embed, tv, ${colorScheme}`, async () => {
    const phone = await visit({ world: TROUBLE, colorScheme, viewport: { width: 360, height: 740 }, path: '/?agent=invoices' });
    await phone.page.waitForTimeout(11_000);
    await shot(phone.page, `drawer-phone-${colorScheme}`);
    await phone.close();
    const embed = await visit({ world: TROUBLE, colorScheme, viewport: { width: 480, height: 420 }, path: '/embed/queue', waitFor: '.panel' });
    await embed.page.waitForTimeout(1_000);
    await shot(embed.page, `embed-queue-${colorScheme}`);
    await embed.close();
    const tv = await visit({ world: TROUBLE, colorScheme, viewport: { width: 1920, height: 1080 }, path: '/?tv=1' });
    await tv.page.waitForTimeout(12_000);
    await shot(tv.page, `tv-wide-${colorScheme}`);
    await tv.close();
  });
}
