import { test } from 'vitest';
import { browserVisits, shot } from '../visits';

const visit = browserVisits();
const TROUBLE = { agents: 12, degraded: 2, warning: 1, idle: 1, pending: [1_012, 431, 322, 262, 190, 121, 74, 40, 22, 5], unsafe: 1 };
const SIZES = { desktop: { width: 1280, height: 720 }, phone: { width: 360, height: 740 } };

test.each([
  ['agent', '/?agent=invoices'],
  ['approvals', '/?history=approvals'],
  ['feedback', '/?history=feedback'],
])('history of %s, at every range, light and dark', async (name, path) => {
  const { page, server, close } = await visit({ world: TROUBLE, path });
  server.world.historyMs = 64 * 86_400_000;
  server.world.filling = ['2026-09-21', '2026-09-20'];
  const ago = (minutes: number) => new Date(server.world.now() - minutes * 60_000).toISOString();
  const opened_at = ago(40);
  for (const [rule, subject] of [['volume_anomaly', 'invoices'], ['approval_sla_breach', '9001'], ['quality_drop', 'invoices']] as const) {
    server.world.alert({ rule, subject, severity: 'info', status: 'resolved', opened_at, resolved_at: ago(25) });
    server.world.note(`${rule}:${subject}:${opened_at}`, 'a campaign began', 'ada', 30 * 60);
  }
  for (const range of ['1 h', '24 h', '7 d', '30 d', '90 d']) {
    await page.click(`.drawer .chart-ranges button:text-is("${range}")`);
    await page.waitForTimeout(500);
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize(viewport);
        await page.$eval('.drawer .chart-ranges', (each) => each.scrollIntoView());
        await page.waitForTimeout(150);
        await shot(page, `history-${name}-${range.replace(' ', '')}-${size}-${colorScheme}`);
      }
    }
  }
  await close();
}, 120_000);
