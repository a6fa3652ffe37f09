import { test } from 'vitest';
import { browserVisits, shot } from '../visits';

const visit = browserVisits();
const TROUBLE = { agents: 12, degraded: 2, warning: 1, idle: 1, pending: [1_012, 431, 322, 262], unsafe: 1 };
const SIZES = { desktop: { width: 1280, height: 720 }, phone: { width: 360, height: 740 } };

test.each(['capacity', 'quality', 'data'])('%s, light and dark', async (name) => {
  const { page, close } = await visit({ world: TROUBLE, path: `/?view=${name}` });
  await page.waitForTimeout(1_500);
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(viewport);
      await page.waitForTimeout(400);
      await shot(page, `view-${name}-${size}-${colorScheme}`, size === 'phone');
    }
  }
  await close();
}, 60_000);
