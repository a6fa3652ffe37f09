import { test } from 'vitest';
import { browserVisits, shot } from '../visits';

const visit = browserVisits();
const TROUBLE = { agents: 12, degraded: 2, warning: 1, idle: 1, pending: [1_012, 431, 322, 262], unsafe: 1 };
const SIZES = { desktop: { width: 1280, height: 720 }, phone: { width: 360, height: 740 } };

test('notes, light and dark', async () => {
  const { page, server, close } = await visit({ world: TROUBLE });
  const alert = (server.world.rows('alert') as { alert_id: string; subject: string }[]).find(({ subject }) => subject === 'invoices');
  server.world.note(alert?.alert_id ?? '', 'The new model is slow on long threads.\nAsked the vendor.', 'ada', 900);
  server.world.note(alert?.alert_id ?? '', 'Restarted it, the cache was cold. Should be back in five minutes.', 'mira', 240);
  await page.reload();
  await page.waitForSelector('.incident-note');
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(viewport);
      await shot(page, `notes-row-${size}-${colorScheme}`);
      await page.click('.incident-note');
      await page.waitForSelector('.note-list');
      await shot(page, `notes-dialog-${size}-${colorScheme}`);
      await page.keyboard.press('Escape');
    }
  }
  await page.goto(`${server.url}/?agent=invoices&range=1h`);
  await page.waitForSelector('.drawer .note-list');
  await page.$eval('.drawer .chart-ranges', (each) => each.scrollIntoView());
  await page.waitForTimeout(500);
  await shot(page, 'notes-drawer-phone-dark');
  await page.setViewportSize(SIZES.desktop);
  await page.waitForTimeout(300);
  await shot(page, 'notes-drawer-desktop-dark');
  await close();
}, 60_000);
